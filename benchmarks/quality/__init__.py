"""How well FieldCut reads, hears and judges: measured on inputs whose right answer is known because they are made from it."""
