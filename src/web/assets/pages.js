// What all pages share: lists that ask anew by themselves, and questions before what cannot be undone.
"use strict";

document.documentElement.classList.add("script");

// A form that narrows a list asks as soon as something is chosen.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-asks-itself]");
  if (form) form.requestSubmit();
});

// An address without what was not chosen is one that can be read out over the telephone.
document.addEventListener("formdata", (event) => {
  if (event.target.method !== "get") return;
  for (const [name, value] of [...event.formData]) {
    if (value === "") event.formData.delete(name);
  }
});

// What cannot be undone asks first.
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.ask ?? event.target.dataset.ask;
  if (question && !window.confirm(question)) event.preventDefault();
});
