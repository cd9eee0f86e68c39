// The words that are selected in a report's text, with their place in code points of it.
"use strict";

window.Pledgetrail = window.Pledgetrail || {};

(() => {
  // A sign that is written out stands for one code point.
  function count(range) {
    const words = range.cloneContents();
    for (const sign of words.querySelectorAll(".unseen")) sign.replaceWith("x");
    return [...words.textContent].length;
  }

  function placeOf(text, node, offset) {
    const before = document.createRange();
    const piece = (node.nodeType === 1 ? node : node.parentElement).closest("[data-at]");
    before.setStart(piece || text, 0);
    before.setEnd(node, offset);
    return (piece ? Number(piece.dataset.at) : 0) + count(before);
  }

  function textOf(node) {
    return (node.nodeType === 1 ? node : node.parentElement)?.closest(".text[data-document]");
  }

  // Null if nothing is selected within one report's text.
  Pledgetrail.selection = () => {
    const selected = getSelection();
    if (!selected || selected.isCollapsed || !selected.rangeCount) return null;
    const range = selected.getRangeAt(0).cloneRange();
    const text = textOf(range.startContainer) || textOf(range.endContainer);
    if (!text) return null;
    if (!text.contains(range.startContainer)) range.setStart(text, 0);
    if (!text.contains(range.endContainer)) range.setEnd(text, text.childNodes.length);
    const start = placeOf(text, range.startContainer, range.startOffset);
    const end = placeOf(text, range.endContainer, range.endOffset);
    if (end <= start) return null;
    return { document: text.dataset.document, start, end, words: range.toString(), box: range.getBoundingClientRect() };
  };
})();
