"""Selection: activities, the draw of their panels, designated experts, invitations (第十六条至第二十条)."""
