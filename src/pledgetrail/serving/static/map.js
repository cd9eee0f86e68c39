// The map in motion, in place of the one that the server drew. Everything that it shows is in the table below it.
"use strict";

(async () => {
  const figure = document.getElementById("map");
  if (!figure || !window.L) return;
  const [world, places] = await Promise.all(
    [figure.dataset.world, figure.dataset.places].map((address) => fetch(address).then((answer) => {
      if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
      return answer.json();
    })),
  );
  const box = document.createElement("div");
  box.className = "leaflet-box";
  figure.querySelector("svg.map").replaceWith(box);
  const moves = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const motion = { zoomAnimation: moves, fadeAnimation: moves, markerZoomAnimation: moves, inertia: moves };
  const map = L.map(box, { attributionControl: false, minZoom: 1, maxZoom: 10, worldCopyJump: true, zoomSnap: 0.5, ...motion });
  const turned = (line) => line.map(([longitude, latitude]) => [Math.max(-85, Math.min(85, latitude)), longitude]);
  const plain = { interactive: false, weight: 1 };
  for (const { properties, geometry } of world.features) {
    const lines = geometry.coordinates.map(turned);
    if (properties.kind === "land") L.polygon(lines, { ...plain, className: "land", fillRule: "evenodd" }).addTo(map);
    else if (properties.kind === "border") L.polyline(lines, { ...plain, className: "border" }).addTo(map);
    else L.polyline(lines, { weight: 1.5, className: "disputed" }).bindTooltip(text(properties.name), { sticky: true }).addTo(map);
  }
  const most = Math.max(1, ...places.features.map((its) => its.properties.rows));
  const step = Math.min(4.5, 26 / Math.sqrt(most));
  const bounds = [];
  for (const { properties, geometry } of places.features) {
    const [longitude, latitude] = geometry.coordinates;
    bounds.push([latitude, longitude]);
    const words = Object.entries(properties.classes).map(([name, count]) => `${count} ${name}`).join(", ");
    L.circleMarker([latitude, longitude], { radius: Math.max(4, step * Math.sqrt(properties.rows)), className: "place", weight: 1.5 })
      .bindTooltip(text(`${properties.place}: ${words}`))
      .on("click", () => { window.location.assign(properties.address); })
      .addTo(map);
  }
  if (bounds.length) map.fitBounds(bounds, { padding: [40, 40], maxZoom: 8 });
  else map.setView([25, 20], 2);

  // words of reports are text, never markup
  function text(words) {
    const element = document.createElement("span");
    element.textContent = words;
    return element;
  }
})();
