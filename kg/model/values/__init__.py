"""The values that a claim may have as its object: each kind in a file, with how it is read, compared and worded.

| kind | file | a curator writes | its term in RDF |
|---|---|---|---|
| `EntityRef` | `reference` | `su7` | the entity's IRI |
| `ClaimRef` | `reference` | `c:orders` | the claim's IRI |
| `Quantity` | `quantity` | `over 30000 vehicle` | a number of the range's datatype, or `kg:range` |
| `Date` | `date` | `2024-03?` | `xsd:date`, `xsd:gYearMonth`, `xsd:gYear` or `edtf:EDTF` |
| `Text` | `text` | `each like an exam` | a text with its language, or `xsd:string` |
| `Truth` | `truth` | `true` | `xsd:boolean` |
| `Address` | `address` | `https://a.example/` | `xsd:anyURI`, or that IRI |

What all kinds can be asked stands in `kg.model.values.value`. A kind is added as a file here, a range in
`kg.model.ontology.vocabulary.RangeKind`, and a case in `kg.reading.objects`.
"""

from kg.model.values.address import Address, hint_at_iri, read_iri, tell_bad_iri
from kg.model.values.conversion import convert_number
from kg.model.values.date import Date, find_outside, read_date
from kg.model.values.date_words import describe_as_of, describe_edtf, word_as_of, word_date, word_time
from kg.model.values.quantity import Quantity, group_digits
from kg.model.values.quantity_text import read_quantity
from kg.model.values.reference import ClaimRef, EntityRef
from kg.model.values.stretch import Stretch
from kg.model.values.text import Text, is_plain
from kg.model.values.truth import Truth, read_truth
from kg.model.values.value import Label, Term, Value

Subject = EntityRef | ClaimRef
Object = EntityRef | ClaimRef | Quantity | Date | Text | Truth | Address

__all__ = [
    "Address",
    "ClaimRef",
    "Date",
    "EntityRef",
    "Label",
    "Object",
    "Quantity",
    "Stretch",
    "Subject",
    "Term",
    "Text",
    "Truth",
    "Value",
    "convert_number",
    "describe_as_of",
    "describe_edtf",
    "find_outside",
    "group_digits",
    "hint_at_iri",
    "is_plain",
    "read_date",
    "read_iri",
    "read_quantity",
    "read_truth",
    "tell_bad_iri",
    "word_as_of",
    "word_date",
    "word_time",
]
