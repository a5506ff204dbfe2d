"""Pages that people elsewhere open: in: a signed link. Out: a page, and their answer in the ledger. No logic of their own."""
