// SPDX-License-Identifier: Apache-2.0
// The flame graph. Texts only ever become text nodes and attributes' values; nothing is loaded.
'use strict';
(() => {
  const ROW = 20, LEAST_PIXELS = 2, SHOWN_LETTERS = 400;
  const element = id => document.getElementById(id);
  const {texts, parents, labels, values} = JSON.parse(element('data').textContent);
  const flame = element('flame'), search = element('search'), choice = element('value');
  const children = parents.map(() => []);
  for (let node = 1; node < parents.length; node++) children[parents[node]].push(node);
  let shown = values[0], zoomed = 0, found = null;

  const name = node => node ? texts[labels[node]] : 'all';

  function amount(value) {
    const exact = value.toLocaleString('en');
    if (shown.unit !== 'bytes') return exact;
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
    let scaled = value, unit = 0;
    while (scaled >= 1024 && unit < units.length - 1) { scaled /= 1024; unit++; }
    return unit ? `${scaled.toFixed(2)} ${units[unit]} (${exact} B)` : `${exact} B`;
  }

  function share(value) {
    return shown.of[0] ? `${(100 * value / shown.of[0]).toFixed(2)} %` : '';
  }

  function describe(node) {
    const value = shown.of[node];
    return `${name(node).slice(0, SHOWN_LETTERS)}: ${amount(value)}, ${share(value)}`;
  }

  // A name's colour is the same in every export.
  function colour(text) {
    let hash = 7;
    for (let i = 0; i < text.length && i < 200; i++) hash = (hash * 31 + text.charCodeAt(i)) % 9973;
    return `hsl(${15 + hash % 45} ${60 + hash % 25}% ${62 + hash % 12}%)`;
  }

  // Without recursion: stacks can be deeper than the script's own.
  function frames() {
    const above = [], list = [];
    for (let node = zoomed; node; node = parents[node]) above.unshift(parents[node]);
    above.forEach((node, row) => list.push({node, left: 0, width: 1, row, above: true}));
    const waiting = [{node: zoomed, left: 0, width: 1, row: above.length}];
    while (waiting.length) {
      const frame = waiting.pop();
      if (frame.width * flame.clientWidth < LEAST_PIXELS) continue;
      list.push(frame);
      let left = frame.left;
      for (const node of children[frame.node]) {
        const width = shown.of[zoomed] ? shown.of[node] / shown.of[zoomed] : 0;
        waiting.push({node, left, width, row: frame.row + 1});
        left += width;
      }
    }
    return list;
  }

  function box(frame) {
    const box = document.createElement('button');
    box.textContent = name(frame.node).slice(0, SHOWN_LETTERS);
    box.title = describe(frame.node);
    box.dataset.node = frame.node;
    box.style.left = `${100 * frame.left}%`;
    box.style.width = `${100 * frame.width}%`;
    box.style.top = `${ROW * frame.row}px`;
    box.style.backgroundColor = colour(name(frame.node));
    box.classList.toggle('above', Boolean(frame.above));
    box.classList.toggle('found', Boolean(found && found[labels[frame.node]]));
    return box;
  }

  function draw() {
    const list = frames();
    flame.replaceChildren(...list.map(box));
    flame.style.height = `${ROW * (1 + list.reduce((most, frame) => Math.max(most, frame.row), 0))}px`;
  }

  function zoom(node) {
    zoomed = node;
    draw();
    element('pointed').textContent = describe(node);
  }

  // What all matching frames hold together: a node below a match is not counted again.
  function count() {
    const inside = new Uint8Array(parents.length);
    let frames = 0, value = 0;
    for (let node = 1; node < parents.length; node++) {
      const hit = found[labels[node]];
      if (hit) frames++;
      if (hit && !inside[parents[node]]) value += shown.of[node];
      inside[node] = hit || inside[parents[node]] ? 1 : 0;
    }
    return `${frames} frames, ${amount(value)}, ${share(value)}`;
  }

  function look() {
    const wanted = search.value.toLowerCase();
    found = wanted ? texts.map((text, i) => i > 0 && text.toLowerCase().includes(wanted)) : null;
    element('found').textContent = found ? count() : '';
    draw();
  }

  function choose() {
    shown = values[choice.value];
    for (const list of children) list.sort((a, b) => shown.of[b] - shown.of[a] || a - b);
    zoom(zoomed);
    look();
  }

  values.forEach((value, i) => choice.add(new Option(value.name, i)));
  flame.addEventListener('click', event => {
    if (event.target.dataset.node) zoom(Number(event.target.dataset.node));
  });
  flame.addEventListener('mouseover', event => {
    if (event.target.dataset.node)
      element('pointed').textContent = describe(Number(event.target.dataset.node));
  });
  search.addEventListener('input', look);
  choice.addEventListener('change', choose);
  element('reset').addEventListener('click', () => zoom(0));
  window.addEventListener('resize', draw);
  element('controls').hidden = false;
  choose();
})();
