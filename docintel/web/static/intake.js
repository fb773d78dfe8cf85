// Sending files, a few at a time, and following the jobs that read them.
"use strict";

(() => {
  const box = document.getElementById("sending");
  const list = document.getElementById("jobs");
  const [status, unsent, row] = [box.querySelector("#sent"), box.querySelector(".unsent"), box.querySelector("template")];
  const [bar, texts] = [box.querySelector("progress"), box.dataset];
  const AT_ONCE = 3;
  const queue = [];
  const active = new Set();
  let [total, done, failed, bytes] = [0, 0, 0, 0];

  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const isJunk = (name) => /^(\.|~\$)|^(thumbs\.db|desktop\.ini)$/i.test(name);

  function show() {
    const now = [...active].reduce((sum, each) => sum + each.loaded, bytes);
    const busy = active.size + queue.length > 0;
    bar.parentElement.hidden = !busy;
    bar.value = total ? Math.min(1, now / total) : 0;
    const told = { done, failed, count: done + failed + active.size + queue.length, percent: Math.floor(100 * bar.value) };
    status.textContent = busy ? filled(texts.sending, told) : done + failed ? filled(texts.sent, told) : "";
  }

  // What did not arrive is listed with the reason, to be sent again.
  function tell(item, message) {
    failed += 1;
    const entry = row.content.cloneNode(true).firstElementChild;
    entry.querySelector("strong").textContent = item.name;
    entry.querySelector("span span").textContent = message;
    entry.querySelector(".resend").hidden = item.file.size > Number(texts.most);
    entry.querySelector(".resend").addEventListener("click", () => { entry.remove(); failed -= 1; add([item]); });
    entry.querySelector(".dismiss").addEventListener("click", () => { entry.remove(); failed -= 1; show(); });
    unsent.append(entry);
  }

  function send(item) {
    const request = new XMLHttpRequest();
    item.loaded = 0;
    active.add(item);
    const end = (message) => {
      active.delete(item);
      bytes += item.file.size;
      if (message) tell(item, message); else done += 1;
      pump();
    };
    request.open("POST", `${texts.address}?name=${encodeURIComponent(item.name)}`);
    request.setRequestHeader("X-CSRF-Token", texts.csrf);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => { item.loaded = event.loaded; show(); });
    request.addEventListener("load", () => {
      const answer = request.response || {};
      if (request.status === 201) end();
      else end([answer.error || (request.status === 413 ? texts.tooLarge : texts.network), answer.hint].filter(Boolean).join(" "));
    });
    request.addEventListener("error", () => end(texts.network));
    request.send(item.file);
  }

  function pump() {
    while (active.size < AT_ONCE && queue.length) send(queue.shift());
    if (!active.size) [total, bytes] = [0, 0];
    show();
  }

  function add(items) {
    if (!active.size && !queue.length) [done, failed] = [0, unsent.childElementCount];
    for (const item of items) {
      if (item.file.size > Number(texts.most)) tell(item, texts.tooLarge);
      else { total += item.file.size; queue.push(item); }
    }
    pump();
    if (!items.length) status.textContent = texts.nothing;
  }

  box.querySelectorAll("input[type=file]").forEach((input) => input.addEventListener("change", () => {
    const files = [...input.files].filter((file) => !file.webkitRelativePath || !isJunk(file.name));
    add(files.map((file) => ({ file, name: file.webkitRelativePath || file.name })));
    input.value = "";
  }));

  // Files and folders that were dropped, each folder read to its end.
  async function* within(entry) {
    if (entry instanceof File) {
      yield { file: entry, name: entry.name };
      return;
    }
    if (entry.isFile) {
      const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
      if (file) yield { file, name: entry.fullPath.replace(/^\/+/, "") };
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
      if (!some.length) return;
      for (const each of some) if (!isJunk(each.name)) yield* within(each);
    }
  }
  const over = (event) => {
    event.preventDefault();
    box.classList.toggle("over", event.type === "dragover");
  };
  ["dragover", "dragleave", "drop"].forEach((type) => box.addEventListener(type, over));
  box.addEventListener("drop", async (event) => {
    const dropped = [...event.dataTransfer.items].filter((item) => item.kind === "file");
    const entries = dropped.map((item) => item.webkitGetAsEntry() || item.getAsFile());
    const items = [];
    for (const entry of entries) for await (const item of within(entry)) items.push(item);
    add(items);
  });
  // A file that is dropped beside the box must not take the place of the page.
  ["dragover", "drop"].forEach((type) => document.addEventListener(type, (event) => event.preventDefault()));
  addEventListener("beforeunload", (event) => { if (active.size + queue.length) event.preventDefault(); });

  // Jobs as they change; each event holds an element that takes the place of the one with its id, or comes first.
  const events = new EventSource(list.dataset.events);
  events.addEventListener("piece", (event) => {
    const { id, html } = JSON.parse(event.data);
    const piece = document.adoptNode(new DOMParser().parseFromString(html, "text/html").body.firstElementChild);
    const known = document.getElementById(id);
    if (known) known.replaceWith(piece);
    else if (!list.dataset.show || ["failed", "stopped"].includes(piece.dataset.state)) list.prepend(piece);
    else return;
    if (list.childElementCount > Number(list.dataset.shown)) list.lastElementChild.remove();
    htmx.process(piece);
  });
  events.addEventListener("error", () => {
    if (events.readyState !== EventSource.CLOSED) return;
    status.textContent = texts.cutOff;
    status.classList.add("notice");
  });
  addEventListener("pagehide", () => events.close());
})();
