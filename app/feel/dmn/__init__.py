"""Decision models of DMN: reading the XML, types, decision tables, boxed expressions, requirements."""
