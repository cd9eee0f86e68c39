// The network as a free graph, beside the picture that the server drew. All that it shows is in the table below it.
"use strict";

(() => {
  const figure = document.getElementById("network");
  const buttons = document.getElementById("switch");
  if (!figure || !buttons || !window.cytoscape) return;
  document.documentElement.classList.add("scripted");
  const [flat, free] = [figure.querySelector("svg.network"), figure.querySelector(".graph")];
  let graph = null;

  buttons.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-show]");
    if (!button) return;
    const isFree = button.dataset.show === "graph";
    for (const other of buttons.children) other.setAttribute("aria-pressed", String(other === button));
    flat.classList.toggle("away", isFree);
    free.hidden = !isFree;
    if (isFree && !graph) graph = await draw();
  });

  async function draw() {
    const answer = await fetch(figure.dataset.ties);
    const { directed, actors, ties } = await answer.json();
    const shown = ties.slice(0, Number(figure.dataset.most));
    const used = new Set(shown.flatMap((tie) => [tie.source, tie.target]));
    const most = Math.max(1, ...shown.map((tie) => tie.rows));
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const made = cytoscape({
      container: free,
      elements: [
        ...actors.filter((actor) => used.has(actor.id)).map((actor) => ({ data: { ...actor, label: actor.name } })),
        ...shown.map((tie, number) => ({ data: { ...tie, id: `tie${number}` } })),
      ],
      style: [
        { selector: "node", style: {
          label: "data(label)", color: colour("--pico-color"), "background-color": colour("--way"), "font-size": 11,
          width: (node) => 8 + 3 * Math.sqrt(node.data("rows")), height: (node) => 8 + 3 * Math.sqrt(node.data("rows")),
          "text-outline-color": colour("--pico-background-color"), "text-outline-width": 2, "text-valign": "top",
          "text-max-width": 140, "text-wrap": "ellipsis",
        } },
        { selector: "edge", style: {
          width: (edge) => 1 + 6 * Math.sqrt(edge.data("rows") / most), "line-color": colour("--soft-way"),
          "curve-style": "bezier", "target-arrow-shape": directed ? "triangle" : "none",
          "target-arrow-color": colour("--soft-way"),
        } },
        { selector: ".faded", style: { opacity: 0.15 } },
      ],
      layout: { name: "cose", animate: false, nodeRepulsion: () => 60000, idealEdgeLength: () => 90, padding: 30 },
    });
    made.on("tap", (event) => {
      made.elements().removeClass("faded");
      if (event.target === made) return;
      if (event.target.isEdge()) window.location.assign(event.target.data("address"));
      else made.elements().not(event.target.closedNeighborhood()).addClass("faded");
    });
    made.on("dbltap", "node", (event) => window.location.assign(`/actor?id=${encodeURIComponent(event.target.id())}`));
    return made;
  }
})();
