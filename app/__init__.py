"""智库 Zhiku: the provincial expert pool, run by its own BPMN diagrams. Wiring is in app.factory."""
