"""What a letter is, before it is printed: who wrote it, when, and what it says."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

COMPANY = "Hartwell & Finch Ltd"
CHIEF = "Ms Helena Finch"
RECEIVED = datetime.date(2026, 11, 20)
FIRST_DATE = datetime.date(2026, 10, 1)
LAST_DATE = datetime.date(2026, 11, 18)

TOPICS = ("goods", "delivery", "billing", "staff", "data_privacy", "praise",
          "cancellation", "enquiry")
PRIORITIES = ("chief_executive", "legal", "vulnerable", "important_customer", "normal")

CARE_ADDRESS = (COMPANY, "Customer Care", "PO Box 88", "NORWICH", "NR99 1AA")
CARE_ADDRESS_SHORT = ("Customer Care", COMPANY, "PO Box 88", "Norwich NR99 1AA")
CHIEF_ADDRESS = (CHIEF, "Chief Executive", COMPANY, "PO Box 88", "NORWICH NR99 1AA")


def luhn_digit(digits: str) -> str:
    """The check digit that makes `digits` plus itself pass the Luhn test."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def member_number(digits: str) -> str:
    """A membership number as printed: eight digits in fours, then the check digit."""
    assert len(digits) == 8
    return f"HF {digits[:4]} {digits[4:]} {luhn_digit(digits)}"


def ordinal(day: int) -> str:
    if 11 <= day <= 13:
        return f"{day}th"
    return f"{day}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th') }"


def printed_date(date: datetime.date, style: str) -> str:
    """The date in one of the ways people write it at the top of a letter."""
    month, weekday = date.strftime("%B"), date.strftime("%A")
    return {
        "plain": f"{date.day} {month} {date.year}",
        "ordinal": f"{ordinal(date.day)} {month} {date.year}",
        "ordinal-comma": f"{ordinal(date.day)} {month}, {date.year}",
        "weekday": f"{weekday} {ordinal(date.day)} {month} {date.year}",
        "weekday-comma": f"{weekday}, {date.day} {month} {date.year}",
        "slashes": f"{date.day:02}/{date.month:02}/{date.year}",
        "slashes-bare": f"{date.day}/{date.month}/{date.year}",
        "dots": f"{date.day}.{date.month}.{date.year % 100}",
        "american": f"{month} {date.day}, {date.year}",
        "short-month": f"{date.day} {date.strftime('%b')} {date.year}",
    }[style]


@dataclass
class Letter:
    """One letter. Text is held with straight quotes; `curly` letters print curly ones.

    `body` is paragraphs parted by blank lines. A paragraph that begins with
    "1.", "(a)" or a bullet is a list item; one that begins with "|" is a row of columns.
    """

    key: str
    name: str
    street: str
    town: str
    postcode: str
    date: datetime.date
    topic: str
    body: str
    title: str | None = None
    name_form: str = "plain"  # plain: as is; before: "Mrs A B"; after: "A B (Mrs)"
    firm: tuple[str, ...] = ()  # the firm on a business letterhead, and what it is
    sign_lines: tuple[str, ...] = ()  # further lines below the typed name
    locality: str | None = None
    county: str | None = None
    town_form: str = "line"  # line: "Leeds LS6 3HN"; split: two lines
    email: str | None = None
    phone: str | None = None
    date_form: str = "plain"
    to: tuple[str, ...] = CARE_ADDRESS
    salutation: str = "Dear Sir or Madam"
    close: str = "Yours faithfully"
    subject: str | None = None
    subject_form: str = "bold"  # bold, re, caps, underline, plain
    reference: str | None = None
    reference_label: str = "Your ref:"
    our_ref: str | None = None
    member: str | None = None
    order: str | None = None
    product: str | None = None
    shop: str | None = None
    priority: str = "normal"
    after: tuple[str, ...] = ()  # "Enc.", "cc" and such, at the foot
    receipt: tuple[str, ...] = ()  # a till receipt, sent along as the next page
    curly: bool = True

    def printed_name(self) -> str:
        if self.title and self.name_form == "before":
            return f"{self.title} {self.name}"
        if self.title and self.name_form == "after":
            return f"{self.name} ({self.title})"
        return self.name

    def address_lines(self) -> list[str]:
        lines = [self.street]
        if self.locality:
            lines.append(self.locality)
        if self.town_form == "line":
            if self.county:
                lines += [self.town, f"{self.county} {self.postcode}"]
            else:
                lines.append(f"{self.town} {self.postcode}")
        else:
            lines.append(self.town)
            if self.county:
                lines.append(self.county)
            lines.append(self.postcode)
        return lines

    def address_in_one(self) -> str:
        parts = [self.street, self.locality, self.town if not self.county else None]
        if self.county:
            parts += [self.town, self.county]
        return ", ".join(p for p in parts if p) + " " + self.postcode

    def paragraphs(self) -> list[str]:
        return [" ".join(p.split()) for p in self.body.strip().split("\n\n")]

    def fields(self) -> dict[str, str]:
        found = {
            "sender_name": self.name,
            "title": self.title,
            "street": self.street,
            "town": self.town,
            "postcode": self.postcode,
            "date": self.date.isoformat(),
            "reference": self.reference,
            "member_number": self.member,
            "order_number": self.order,
            "product": self.product,
            "shop": self.shop,
            "email": self.email,
            "phone": self.phone,
            "salutation": self.salutation,
            "subject": self.subject,
        }
        return {name: value for name, value in found.items() if value}


def october(day: int) -> datetime.date:
    return datetime.date(2026, 10, day)


def november(day: int) -> datetime.date:
    return datetime.date(2026, 11, day)
