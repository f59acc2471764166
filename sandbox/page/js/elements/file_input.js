/** The file input of modals: files are sent as they are added. */
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { size } from "../base/time.js";
import { marks } from "./act.js";

const MOST = 10;

/** @param {import("./element.js").Drawing} drawing */
export function fileInput({ scope, blockId, element, labelledBy, describedBy, change }) {
  const most = element.max_files || MOST;
  const files = scope.session.uploads.get(`${scope.container.view_id} ${blockId}`) || [];
  scope.session.uploads.set(`${scope.container.view_id} ${blockId}`, files);
  const accept = element.filetypes?.map((one) => `.${one}`).join(",");
  const input = h("input", {
    type: "file",
    class: "sr-only",
    multiple: most > 1,
    accept,
    tabIndex: -1,
    "aria-hidden": "true",
  });
  const pick = h(
    "button",
    { class: "button", type: "button", "aria-describedby": describedBy },
    icon("plus"),
    most > 1 ? "Add files" : "Add file",
  );
  const list = h("ul", { class: "file-list" });
  const note = h("p", { class: "hint", role: "status" });
  const node = h(
    "div",
    {
      class: "file-input",
      role: "group",
      "aria-labelledby": labelledBy,
      data: marks(blockId, element),
      on: {
        dragover: (event) => event.preventDefault(),
        drop: (event) => {
          event.preventDefault();
          add(event.dataTransfer.files);
        },
      },
    },
    pick,
    input,
    note,
    list,
  );

  const draw = () => {
    fill(
      list,
      files.map((file) =>
        h(
          "li",
          { class: "file-list__item" },
          icon("file"),
          h("span", { class: "file-list__name" }, file.name),
          h("span", { class: "hint" }, size(file.size)),
          h(
            "button",
            {
              class: "icon-button",
              type: "button",
              "aria-label": `Remove ${file.name}`,
              on: {
                click: () => {
                  files.splice(files.indexOf(file), 1);
                  tell();
                },
              },
            },
            icon("close"),
          ),
        ),
      ),
    );
    pick.disabled = files.length >= most;
  };
  const tell = () => {
    change(
      files.map((file) => file.id),
      node,
    );
    draw();
  };
  async function add(chosen) {
    for (const file of [...chosen].slice(0, most - files.length)) {
      note.textContent = `Sending ${file.name}…`;
      const answer = await scope.session.api.upload(file);
      note.textContent = answer.ok ? "" : `${file.name}: ${answer.message || answer.error}`;
      if (answer.ok) files.push(answer.file);
    }
    tell();
  }
  pick.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
  draw();
  return node;
}
