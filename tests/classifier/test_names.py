"""User names: unique without case, and what became of pairs that differed by case alone."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from classifier.accounts.users import user_add, user_named, user_rename
from classifier.errors import ProductError
from classifier.models import Person
from tests.conftest import PASSWORD


@pytest.mark.parametrize("name", ["ANNA", "Anna", "ａｎｎａ", " anna "])
def test_a_name_that_differs_by_case_or_letter_variants_is_taken(olga: Person, anna: Person, name: str) -> None:
    with pytest.raises(ProductError) as caught:
        user_add(by=olga, username=name, password=PASSWORD)
    assert caught.value.code == "name_taken"
    with pytest.raises(ProductError, match="already a user"):
        user_rename(person=olga, username=name)
    assert Person.objects.get(id=olga.id).username == "olga"


@pytest.mark.parametrize("name", ["anna", "ANNA", "ａｎｎａ"])
def test_people_sign_in_in_any_case(anna: Person, name: str) -> None:
    assert authenticate(HttpRequest(), username=name, password=PASSWORD) == anna
    assert user_named(name) == anna


def test_wrong_passwords_are_counted_whatever_the_case(anna: Person) -> None:
    for number in range(8):
        name = "anna" if number % 2 else "ANNA"
        assert authenticate(HttpRequest(), username=name, password="wrong") is None
    assert authenticate(HttpRequest(), username="Anna", password=PASSWORD) is None


@pytest.mark.parametrize("name", ["", "two words", "a/b", "x" * 151])
def test_an_invalid_name_is_refused(olga: Person, name: str) -> None:
    with pytest.raises(ProductError) as caught:
        user_add(by=olga, username=name, password=PASSWORD)
    assert caught.value.code == "name_invalid"


def test_who_was_renamed_by_the_upgrade_signs_in_with_the_old_name_and_is_told(client: Client, olga: Person) -> None:
    second = Person.objects.create_user("OLGA-2", password="the password of the second")
    Person.objects.filter(id=second.id).update(former_username="OLGA")
    form = {"username": "OLGA", "password": "the password of the second"}
    page = client.post(reverse("login"), form, follow=True).content.decode()
    assert "Your user name is now “OLGA-2”" in page
    assert client.get(reverse("account")).context["user"] == second
    # The same name with the other password is the other person, and a third case is nobody's former name.
    assert authenticate(HttpRequest(), username="OLGA", password=PASSWORD) == olga
    assert authenticate(HttpRequest(), username="Olga", password="the password of the second") is None


def test_a_rename_gives_up_the_former_name(olga: Person) -> None:
    second = Person.objects.create_user("OLGA-2", password="the password of the second")
    Person.objects.filter(id=second.id).update(former_username="OLGA")
    second.refresh_from_db()
    user_rename(person=second, username="olga.b")
    assert authenticate(HttpRequest(), username="OLGA", password="the password of the second") is None
    assert authenticate(HttpRequest(), username="olga.b", password="the password of the second") == second
