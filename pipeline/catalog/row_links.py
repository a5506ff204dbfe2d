"""The links of a row, and the numbers by which its product is known: a number that a spreadsheet shortened leads to another product."""

from pipeline.catalog import cell_values
from pipeline.catalog.row_terms import RowTerms
from pipeline.documents.message import M, Message


class RowLinks(RowTerms):
    """Reads links and numbers of the row that it is at."""

    def _links(self) -> dict[str, str]:
        """Return the links by destination. A platform's own column may hold its product number; the general one must be an address."""
        links: dict[str, str] = {}
        columns = [(name, column) for name, many in self.headings.links.items() for column in many]
        columns += [("default", column) for column in self.headings.fields.get("link", ())]
        several = set()
        for destination, column in columns:
            link = self._link(destination, column)
            if link and links.setdefault(destination, link) != link:
                several.add(destination)
        for destination in several:
            del links[destination]
            titles = "、".join(
                f"“{self.headings.titles[column]}”" for name, column in columns if name == destination and self._cell(column)
            )
            self._note(M("{columns} hold different links, so none is used.", columns=titles))
        return links

    def _link(self, destination: str, column: int) -> str:
        text = self._cell(column)
        if not text:
            return ""
        facts = {"column": self.headings.titles[column], "value": text}
        if column in self._row.truncated_numbers or cell_values.is_in_scientific_notation(text):
            self._note(_shortened_number(self.headings.titles[column], text))
            return ""
        try:
            if destination != "default" and "." not in text:
                return cell_values.read_product_number(text)
            return cell_values.read_link(text)
        except ValueError:
            if cell_values.has_several_links(text):
                self._note(M("column “{column}”: “{value}” holds more than one link, so none is used.", **facts))
            else:
                self._note(M("column “{column}”: “{value}” is not a link that begins with https://, so it is left out.", **facts))
            return ""

    def _identifier(self, name: str) -> str:
        """Return a field that identifies the product. A number that the spreadsheet shortened would identify another one."""
        text = self._first(name)
        column = next((c for c in self.headings.fields.get(name, ()) if self._cell(c)), None)
        if text and (column in self._row.truncated_numbers or cell_values.is_in_scientific_notation(text)):
            self._reject(_shortened_number(self._title(name), text))
        return text


def _shortened_number(column: str, text: str) -> Message:
    return M(
        "column “{column}”: the spreadsheet has shortened the long number {value}. Format the column as text and enter it again.",
        column=column,
        value=text,
    )
