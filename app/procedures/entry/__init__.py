"""Entry of experts (入库申请): from the draft to the appointment."""
