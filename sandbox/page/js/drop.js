// Files dragged over a phone: a sign that they may be dropped, and the drop.

import { el, icon, label } from "./dom.js";

/** Let files be dropped on `host`; `take` receives them. */
export function takeDrops(host, take) {
  const sign = el("div.drop-sign", { hidden: true, "aria-hidden": "true" }, icon("attach"), ...label("放开即可添加", "Drop to add"));
  let depth = 0;
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const show = (step) => {
    depth = Math.max(0, depth + step);
    sign.hidden = depth === 0;
  };
  host.addEventListener("dragenter", (event) => carriesFiles(event) && show(1));
  host.addEventListener("dragleave", (event) => carriesFiles(event) && show(-1));
  host.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  host.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    show(-depth);
    take([...event.dataTransfer.files]);
  });
  host.append(sign);
}
