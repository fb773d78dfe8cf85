// What the pages do beyond links and forms. Every page works without it.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const narrow = matchMedia("(max-width: 52rem)");

// Boxes grow with what is written; Enter sends, Shift+Enter starts a line (but not while an input method is composing).
function grow(box) {
  if (CSS.supports("field-sizing", "content")) return;
  box.rows = Math.min(8, box.value.split("\n").reduce((sum, line) => sum + 1 + Math.floor(line.length / 45), 0));
}
all("textarea[data-grows]").forEach((box) => {
  grow(box);
  box.addEventListener("input", () => grow(box));
});
document.addEventListener("keydown", (event) => {
  const box = event.target;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && box.matches("textarea[data-submits]")) {
    event.preventDefault();
    box.form.requestSubmit();
  }
  if (event.key === "/" && !box.matches("input, textarea, select") && !event.ctrlKey && !event.metaKey) {
    const search = document.querySelector("#q, input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
});
document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-submits]")) event.target.form.requestSubmit();
});

// Panels that stand open where there is room, and closed on a phone.
const fold = () => all("details[data-wide-open]").forEach((panel) => { panel.open = !narrow.matches; });
fold();
narrow.addEventListener("change", fold);

// The legend shows and hides kinds of records, and remembers it.
all("[data-legend]").forEach((legend) => {
  const text = document.querySelector(legend.dataset.legend);
  const hidden = new Set(JSON.parse(localStorage.getItem("docintel.hidden") || "[]"));
  all("input", legend).forEach((box) => {
    box.checked = !hidden.has(box.value);
    text.classList.toggle(`off-${box.value}`, !box.checked);
  });
  legend.addEventListener("change", ({ target }) => {
    hidden[target.checked ? "delete" : "add"](target.value);
    text.classList.toggle(`off-${target.value}`, !target.checked);
    localStorage.setItem("docintel.hidden", JSON.stringify([...hidden]));
  });
});

// Records in the text and in the list lead to each other.
function point(record, { scroll }) {
  all(".here").forEach((each) => each.classList.remove("here"));
  all(`[data-record="${CSS.escape(record)}"]`).forEach((each) => each.classList.add("here"));
  const item = document.querySelector(`.record[data-record="${CSS.escape(record)}"]`);
  if (!item) return;
  item.closest("details").open = true;
  const list = item.closest(".records");
  if (scroll && list.scrollHeight > list.clientHeight) {
    list.scrollTop += item.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 3;
  }
}
document.addEventListener("click", (event) => {
  const mark = event.target.closest("mark[data-record]:not(.k-passage)");
  const item = event.target.closest(".record > a");
  if (mark && getSelection().isCollapsed) point(mark.dataset.record, { scroll: true });
  if (item) point(item.parentElement.dataset.record, { scroll: false });
});
if (location.hash.startsWith("#r-")) {
  const target = document.getElementById(location.hash.slice(1));
  if (target) point(target.dataset.record, { scroll: true });
}

// Find in a list while typing.
all("input[data-finds]").forEach((box) => {
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    all(box.dataset.finds).forEach((each) => {
      each.hidden = wanted !== "" && !each.textContent.toLowerCase().includes(wanted);
    });
    if (wanted) all("details.kind").forEach((kind) => { kind.open = all(".record:not([hidden])", kind).length > 0; });
  });
});

// An explanation opens at the first click and folds at the next.
document.addEventListener("htmx:beforeRequest", (event) => {
  const button = event.target;
  if (!button.matches(".record [aria-expanded]")) return;
  const record = button.closest(".record");
  const shown = record.querySelector(".explained");
  if (button.getAttribute("aria-expanded") === "true") {
    event.preventDefault();
    shown.replaceChildren();
    button.setAttribute("aria-expanded", "false");
  } else {
    all("[aria-expanded]", record).forEach((each) => each.setAttribute("aria-expanded", String(each === button)));
  }
});

// What went wrong is shown where the answer would have been.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400 && event.detail.xhr.getResponseHeader("content-type")?.startsWith("text/html")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// A file can be dropped on a form that takes one.
all("form[data-drops]").forEach((form) => {
  const over = (event) => {
    event.preventDefault();
    form.classList.toggle("over", event.type === "dragover");
  };
  form.addEventListener("dragover", over);
  form.addEventListener("dragleave", over);
  form.addEventListener("drop", (event) => {
    over(event);
    const input = form.querySelector("input[type=file]");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
});

// Words selected in the text can become a record: a link beside them leads to its form.
all("article[data-adds]").forEach((article) => {
  const known = document.getElementById("add-record");
  const link = known.cloneNode(true);
  link.removeAttribute("id");
  link.classList.add("adds");
  link.hidden = true;
  article.append(link);
  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    const range = selection.rangeCount ? selection.getRangeAt(0) : null;
    const quote = range ? range.toString().trim() : "";
    const from = range && (range.startContainer.parentElement || range.startContainer).closest("[data-start]");
    link.hidden = !quote || quote.length > 1000 || !from || !article.contains(from) || article !== from.closest("article");
    if (link.hidden) return;
    const before = document.createRange();
    before.setStart(from, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const led = range.toString().length - range.toString().trimStart().length;
    const start = Number(from.dataset.start) + [...before.toString()].length + led;
    link.href = `${article.dataset.adds}?${new URLSearchParams({ quote, start })}`;
    const [box, page] = [range.getBoundingClientRect(), article.getBoundingClientRect()];
    link.style.top = `${box.bottom - page.top + 4}px`;
    link.style.left = `${Math.max(0, Math.min(box.left - page.left, page.width - 120))}px`;
  });
});
