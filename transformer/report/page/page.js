{
  // What comes from manifests only ever becomes text: `make` turns strings into text nodes.
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const $ = (id) => document.getElementById(id);
  const each = (selector, parent = document) => [...parent.querySelectorAll(selector)];
  const first = (selector, parent) => parent?.querySelector(selector);
  const say = (element, text) => { element.textContent = text; };

  const { clusters, marks, texts, views, verbs } = JSON.parse($("data").textContent);
  const figure = (number) => number.toLocaleString("en");
  const sized = (list) => `${figure(list.length)} workload${list.length === 1 ? "" : "s"}`;
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  const ABSENT = marks.length - 1;
  // More cells and details are shown on demand; more pools than that have narrow columns.
  const CELLS = 1200, DETAILS = 25, NARROW = 10;

  const table = $("tables").firstElementChild;
  const lists = ["namespace", "pool", "verdict"], words = ["q", "sort", "view"], flags = ["down", "changed"];
  const state = {}, groupsOpen = {}, unfolded = new Set();
  let cluster, pools, columns, isNarrow, most, timer, shown, column = 0;

  const name = (one) => one.name + (one.pool ? ` for ${one.pool}` : "");
  const fullName = (one) => [one.kind, one.namespace, name(one)].filter(Boolean).join("/");
  const other = () => (state.view ? "" : "old" in views ? "old" : "after");
  const rankOf = (one, pool, view = state.view) => one.cells[view][pool].rank;
  const otherOf = (one, pool) => rankOf(one, pool, other() in views ? other() : state.view);

  // Once for each workload: its outcome for each view and pool, and what is searched.
  const prepare = (one) => {
    const found = [fullName(one), texts[one.file], one.note];
    one.cells = {};
    for (const view in views) {
      const cells = (one.cells[view] = Array(pools.length).fill({ rank: ABSENT, parts: [] }));
      const pairs = one[view] ?? one[""];
      for (let i = 0; i < pairs.length; i += 2) {
        const outcome = cluster.outcomes[pairs[i + 1]];
        for (const pool of cluster.sets[pairs[i]]) cells[pool] = outcome;
        found.push(outcome.rules);
      }
    }
    one.text = found.join(" ").toLowerCase();
  };

  // Which workloads match, and how many have each verdict.
  const select = () => {
    const all = [...pools.keys()], totals = marks.map(() => 0);
    const sought = state.q.toLowerCase().split(/\s+/);
    columns = all.filter((pool) => state.pool.has(pools[pool].name));
    if (!columns.length) columns = all;
    isNarrow = columns.length > NARROW;
    const looks = `${state.view} ${columns}`;
    const matching = cluster.workloads.filter((one) => {
      if (one.looks !== looks) {
        const ranks = columns.map((pool) => rankOf(one, pool)), others = columns.map((pool) => otherOf(one, pool));
        Object.assign(one, { looks, seen: [...new Set(ranks)], moved: `${ranks}` !== `${others}`, row: `${ranks} ${others}` });
      }
      if (state.namespace.size && !state.namespace.has(one.namespace)) return false;
      if (!sought.every((word) => one.text.includes(word))) return false;
      if (state.changed ? !one.moved : `${one.seen}` === `${ABSENT}`) return false;
      for (const rank of one.seen) totals[rank] += 1;
      return !state.verdict.size || one.seen.some((rank) => state.verdict.has(marks[rank][0]));
    });
    return [matching, totals];
  };

  // Groups of rows, each row with all workloads that look alike.
  const grouped = (matching) => {
    const sorted = columns.filter((pool) => pools[pool].sort === state.sort);
    const hostNetwork = columns.filter((pool) => pools[pool].hostNetwork);
    const looked = [sorted, hostNetwork, columns].find((some) => some.length);
    const sign = state.down ? -1 : 1, groups = new Map();
    for (const one of matching) {
      one.rank = state.sort === "name" ? 0 : Math.min(...looked.map((pool) => rankOf(one, pool)));
      const key = one.component ? "" : `/${one.namespace}`;
      const row = `${key} ${one.row}`;
      const title = one.component ? "Network components" : one.namespace || "No namespace";
      if (!groups.has(key)) groups.set(key, { key, title, workloads: [], rows: new Map() });
      const group = groups.get(key);
      group.workloads.push(one);
      if (!group.rows.get(row)?.push(one)) group.rows.set(row, [one]);
    }
    const order = (a, b) => sign * (a.rank - b.rank || compare(a.name, b.name));
    for (const group of groups.values()) {
      group.workloads.sort(order);
      for (const row of group.rows.values()) row.sort((a, b) => compare(a.name, b.name));
      group.rows = [...group.rows].sort(([, a], [, b]) => order(a[0], b[0]));
      group.rank = group.workloads[0].rank;
      group.hurt = group.workloads.filter((one) => one.rank === group.rank).length;
    }
    return [...groups.values()].sort((a, b) => !b.key - !a.key || sign * (a.rank - b.rank) ||
      (state.sort ? 0 : b.hurt - a.hurt) || sign * compare(a.title, b.title));
  };

  // The table. In narrow columns, the word of a verdict is only heard.
  const button = (properties, ...children) =>
    make("button", { type: "button", tabIndex: -1, ...properties }, ...children);
  const marked = (rank, number = "", isShort = isNarrow) => {
    const [word, letter] = marks[rank], heard = isShort ? { role: "img", ariaLabel: word } : {};
    return [make("b", heard, letter), ` ${number} `, isShort ? "" : make("span", {}, word)];
  };

  const head = () => {
    const spans = make("tr", { key: null }, make("td")), sorts = make("tr", { key: "head" });
    for (const [title, flag] of [["Host-network pools", true], ["Other nodes", false]]) {
      const colSpan = columns.filter((pool) => pools[pool].hostNetwork === flag).length;
      if (colSpan) spans.append(make("th", { scope: "colgroup", colSpan }, title));
    }
    const heads = [{ sort: "name", title: "Workload", about: "" }, ...columns.map((pool) => pools[pool])];
    for (const { sort, title, about } of heads) {
      const isDown = state.sort === sort && state.down, isUp = state.sort === sort && !isDown;
      const onclick = () => change({ sort: isDown ? "" : sort, down: isUp });
      const ariaSort = isDown ? "descending" : isUp ? "ascending" : "none";
      sorts.append(make("th", { scope: "col", title: `${title} ${about}`, ariaSort },
        button({ onclick }, make("span", {}, title)), make("small", {}, about)));
    }
    return make("thead", {}, spans, sorts);
  };

  const toggle = (ariaExpanded, flip, ...label) =>
    button({ className: "toggle", ariaExpanded, onclick: () => { flip(); update(); } }, ...label);
  const named = (one) => make("bdi", {}, name(one));

  const groupRow = ({ key, title, workloads }, isOpen) => {
    const header = make("th", { scope: "rowgroup" }, toggle(isOpen, () => { groupsOpen[key] = !isOpen; },
      make("bdi", {}, title), " ", make("small", {}, sized(workloads))));
    if (isOpen) header.colSpan = columns.length + 1;
    return make("tr", { className: "group", key }, header, ...(isOpen ? [] : columns).map((pool) => {
      const ranks = workloads.map((one) => rankOf(one, pool)), worst = Math.min(...ranks);
      return make("td", { className: marks[worst][2] },
        ...marked(worst, ranks.filter((rank) => rank === worst).length));
    }));
  };

  const workloadRow = (workloads, key, className = "") => {
    const [one] = workloads, more = workloads.length - 3, header = make("th", { scope: "row" });
    if (more > -2) {
      header.append(toggle(unfolded.has(key), () => unfolded.delete(key) || unfolded.add(key),
        ...workloads.slice(0, 3).flatMap((each) => [", ", named(each)]).slice(1),
        make("small", {}, more > 0 ? ` and ${more} more` : "")));
    } else header.append(named(one), " ", make("small", {}, one.note));
    return make("tr", { key, workloads, className }, header, ...columns.map((pool) => {
      const rank = rankOf(one, pool), otherRank = otherOf(one, pool);
      const cell = make("td", { className: marks[rank][2] }, button({}, ...marked(rank)));
      if (otherRank !== rank) {
        cell.className += " moved";
        cell.firstChild.append(make("i", {}, `${verbs[state.view]} ${marks[otherRank][0]}`));
      }
      return cell;
    }));
  };

  const update = () => {
    const cell = document.activeElement.closest("#tables td,#tables th");
    const [matching, totals] = select(), groups = grouped(matching), bodies = [];
    const size = groups.reduce((sum, group) => sum + group.rows.length, 0);
    const fitting = Math.max(24, CELLS / columns.length), limit = Math.max(fitting, most);
    const isOpen = ({ key }) => groupsOpen[key] ?? (size <= fitting || groups.length === 1);
    let left = limit;
    for (const group of groups) {
      const rows = [groupRow(group, isOpen(group))];
      for (const [key, workloads] of isOpen(group) ? group.rows : []) {
        if (rows.length >= left) break;
        rows.push(workloadRow(workloads, key));
        if (unfolded.has(key)) rows.push(...workloads.slice(0, limit).map((one, i) => workloadRow([one], `${key} ${i}`, "member")));
      }
      bodies.push(make("tbody", {}, ...rows));
      if ((left -= rows.length) <= 0) break;
    }
    table.className = isNarrow ? "live compact" : "live";
    table.style.width = isNarrow ? `${16 + Math.max(2.2 * columns.length, 45)}rem` : "";
    table.replaceChildren(table.caption, head(), ...bodies);
    const row = rowOf(cell?.parentNode.key);
    focusOn(first("button", row?.cells[cell.cellIndex]) ?? first("button", row ?? table), !!row);

    $("more").hidden = left > 0;
    $("more").onclick = () => { most = 2 * limit; update(); };
    const openAll = !groups.every(isOpen);
    say($("open"), openAll ? "Open all" : "Close all");
    $("open").onclick = () => { for (const { key } of groups) groupsOpen[key] = openAll; update(); };
    say($("count"), `${figure(matching.length)} of ${sized(cluster.workloads)}, ${figure(size)} distinct row${size === 1 ? "" : "s"}`);
    each("#verdicts button").forEach((chip, rank) => {
      say(chip.lastChild, figure(totals[rank]));
      chip.ariaPressed = state.verdict.has(chip.value);
    });
    for (const key of ["namespace", "pool"]) say(first("span", $(key)), state[key].size || "all");
    for (const box of each("fieldset input")) box.checked = state[box.name].has?.(box.value) ?? state.view === box.value;
    $("search").value = state.q;
    $("changed").checked = state.changed;
    each("p", summary()).forEach((part, i) => say(part, cluster.words[state.view][i]));
    clearTimeout(timer);
    timer = setTimeout(() => isKept() || history.replaceState(null, "", `#${fragment()}`), 200);
  };

  // Rows have keys, by which they are found again. The buttons of the table are one stop of the
  // Tab key; the arrow keys move among them.
  const rowOf = (key) => [...table.rows].find((row) => row.key === key);
  const focusOn = (target, isWanted = true) => {
    for (const stop of each('[tabindex="0"]', table)) stop.tabIndex = -1;
    target.tabIndex = 0;
    if (isWanted) target.focus();
  };
  table.onkeydown = (event) => {
    const cell = event.target.closest("td,th"), row = cell.parentNode, at = cell.cellIndex;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: columns.length }[event.key];
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key], next = table.rows[row.rowIndex + step];
    if (to === undefined && !step) return;
    event.preventDefault();
    const target = first("button", step ? next?.cells[column] : row.cells[to]) ?? first("button", next);
    if (target) focusOn(target);
    if (target && !step) column = to;
  };

  // The details of a cell.
  const explain = (one, pool, view) => [
    make("p", { className: `mark ${marks[rankOf(one, pool, view)][2]}` }, ...marked(rankOf(one, pool, view), "", false)),
    ...one.cells[view][pool].parts.map((part) => {
      const [className, title, message, ...facts] = part.map((number) => texts[number]);
      return make("section", { className }, make("p", {}, make("strong", {}, title), " ", message),
        make("dl", {}, ...facts.map((fact, i) => make(i % 2 ? "dd" : "dt", {}, fact))));
    }),
  ];
  const open = (workloads, pool, key) => {
    const parts = [make("p", {}, pools[pool].place)], isOne = workloads.length === 1;
    for (const one of workloads.slice(0, DETAILS)) {
      parts.push(isOne ? "" : make("h3", {}, fullName(one)), ...explain(one, pool, state.view),
        make("p", {}, `Manifest: ${texts[one.file]}:${one.line}`));
      for (const view in views) {
        if (rankOf(one, pool, view) === rankOf(one, pool)) continue;
        parts.push(make("details", { open: isOne }, make("summary", {}, views[view]), ...explain(one, pool, view)));
      }
    }
    if (workloads.length > DETAILS) parts.push(`And ${workloads.length - DETAILS} more`);
    say($("title"), `${isOne ? fullName(workloads[0]) : sized(workloads)} on ${pools[pool].title}`);
    $("parts").replaceChildren(...parts);
    Object.assign($("details"), { hidden: false, scrollTop: 0 });
    $("title").focus();
    shown = [key, pool];
  };
  const point = (cell) => { first(".shown", table)?.classList.remove("shown"); cell?.classList.add("shown"); };
  const close = () => {
    if ($("details").hidden) return;
    $("details").hidden = true;
    point();
    focusOn(first("button", rowOf(shown[0])?.cells[columns.indexOf(shown[1]) + 1]) ?? first("button", table));
  };
  table.onclick = ({ target }) => {
    const cell = target.closest("td"), row = cell?.parentNode;
    if (!row?.workloads) return;
    column = cell.cellIndex;
    focusOn(cell.firstChild);
    point(cell);
    open(row.workloads, columns[column - 1], row.key);
  };

  // The fragment of the address holds what is looked at, so that it can be shared.
  const fragment = () => {
    const kept = new URLSearchParams(clusters.length > 1 ? { cluster: cluster.name } : {});
    for (const key of words) if (state[key]) kept.set(key, state[key]);
    for (const key of flags) if (state[key]) kept.set(key, "");
    for (const key of lists) for (const value of state[key]) kept.append(key, value);
    return `${kept}`;
  };
  const isKept = () => location.hash.slice(1) === fragment();
  const restore = () => {
    const kept = new URLSearchParams(location.hash.slice(1));
    start(Math.max(0, clusters.findIndex((one) => one.name === kept.get("cluster"))));
    for (const key of words) state[key] = kept.get(key) ?? "";
    for (const key of flags) state[key] = kept.has(key);
    for (const key of lists) state[key] = new Set(kept.getAll(key));
    change({ view: state.view in views ? state.view : "" });
  };

  // The controls.
  const change = (values) => { Object.assign(state, values); most = 0; update(); };
  const flip = (key, value) => { state[key].delete(value) || state[key].add(value); change(); };
  const clear = () => { for (const key of lists) state[key].clear(); change({ q: "", changed: false }); };
  const summary = () => each(".summary")[clusters.indexOf(cluster)];
  const start = (number) => {
    cluster = clusters[number];
    pools = cluster.pools;
    if (!cluster.workloads[0]?.cells) cluster.workloads.forEach(prepare);
    $("cluster").selectedIndex = number;
    for (const one of each(".summary")) one.hidden = one !== summary();
    say(table.caption, cluster.caption);
  };
  $("cluster").onchange = () => { start($("cluster").selectedIndex); clear(); };
  $("verdicts").onclick = ({ target }) => target.closest("button") && flip("verdict", target.closest("button").value);
  for (const box of each("fieldset input")) box.onchange = () => (box.type === "radio" ? change({ view: box.value }) : flip(box.name, box.value));
  $("search").oninput = () => change({ q: $("search").value });
  $("changed").onchange = () => change({ changed: $("changed").checked });
  $("controls").onsubmit = () => false;
  $("controls").onreset = () => { clear(); return false; };
  $("close").onclick = close;
  $("tables").onscroll = ({ target }) => target.scrollTop + 2 * target.clientHeight > target.scrollHeight && !$("more").hidden && $("more").click();
  document.onclick = ({ target }) => { for (const menu of each(".menu[open]")) menu.open = menu.contains(target); };
  document.onkeydown = ({ key, target }) => {
    if (key !== "Escape") return;
    const menu = target.closest(".menu[open]");
    if (!menu) close();
    else { menu.open = false; menu.firstChild.focus(); }
  };
  window.onhashchange = () => isKept() || restore();
  $("tables").replaceChildren(table);
  $("controls").hidden = $("keys").hidden = false;
  restore();
}
