"""The ledger's history of tables, forward only. Alembic reads this folder; a migration that was released is never changed."""
