/** A group's direct members as positions: of people, and of other groups in the same list. */
export interface GroupLinks {
  readonly people: readonly number[];
  readonly groups: readonly number[];
}

export interface Flattened {
  /** For each group the positions of its people, each once; groups with the same people may share one array. */
  readonly members: readonly ArrayLike<number>[];
  /** Links followed and memberships looked at: the cost, for proving that it stays linear. */
  readonly steps: number;
}

/**
 * Every group's people. `nested` counts the people of groups inside groups, at any depth, through cycles and through
 * groups that contain themselves; without it only the direct ones count. One pass over strongly connected components:
 * groups on a cycle have the same people, and a component comes after those below it, so that each link is followed
 * once and each membership copied once for every link to it.
 */
export const flattenGroups = (groups: readonly GroupLinks[], peopleCount: number, nested: boolean): Flattened => {
  const gathering = createGathering(peopleCount);
  if (!nested)
    return { members: groups.map((group) => gathering.gather([group.people], [])), steps: gathering.steps() };
  const { components, componentOf, links } = findComponents(groups);
  const people: Int32Array[] = [];
  const joinedBy = new Int32Array(components.length).fill(-1);
  for (const [number, component] of components.entries()) {
    const own: (readonly number[])[] = [];
    const below: Int32Array[] = [];
    for (const index of component) {
      const group = groups[index];
      if (group === undefined) continue;
      if (group.people.length > 0) own.push(group.people);
      for (const child of group.groups) {
        const other = componentOf[child] ?? number;
        if (other === number || joinedBy[other] === number) continue;
        joinedBy[other] = number;
        below.push(people[other] ?? nobody);
      }
    }
    const [only] = below;
    people.push(own.length === 0 && below.length === 1 && only !== undefined ? only : gathering.gather(own, below));
  }
  return {
    members: Array.from(componentOf, (component) => people[component] ?? nobody),
    steps: links + gathering.steps(),
  };
};

const nobody = new Int32Array(0);

/** Joins lists of positions, each position once; remembers whom it has seen by the number of the call. */
const createGathering = (peopleCount: number) => {
  const seenBy = new Int32Array(peopleCount);
  const buffer = new Int32Array(peopleCount);
  let call = 0;
  let size = 0;
  let steps = 0;
  // Two loops that look alike: each then meets one kind of list only, which runs several times as fast.
  const addOwn = (list: readonly number[]): void => {
    for (const person of list) {
      if (seenBy[person] === call) continue;
      seenBy[person] = call;
      buffer[size] = person;
      size += 1;
    }
    steps += list.length;
  };
  const addBelow = (list: Int32Array): void => {
    for (let at = 0; at < list.length; at += 1) {
      const person = list[at] ?? 0;
      if (seenBy[person] === call) continue;
      seenBy[person] = call;
      buffer[size] = person;
      size += 1;
    }
    steps += list.length;
  };
  const gather = (own: readonly (readonly number[])[], below: readonly Int32Array[]): Int32Array => {
    call += 1;
    size = 0;
    for (const list of own) addOwn(list);
    for (const list of below) addBelow(list);
    return buffer.slice(0, size);
  };
  return { gather, steps: () => steps };
};

interface Components {
  /** Positions of groups; every component comes after the ones its groups contain. */
  readonly components: readonly (readonly number[])[];
  readonly componentOf: Int32Array;
  readonly links: number;
}

/** Strongly connected components (Tarjan 1972) with a stack of its own: a chain of any length needs no recursion. */
const findComponents = (groups: readonly GroupLinks[]): Components => {
  const count = groups.length;
  const componentOf = new Int32Array(count).fill(-1);
  const order = new Int32Array(count).fill(-1);
  const lowest = new Int32Array(count);
  const nextLink = new Int32Array(count);
  const path = new Int32Array(count);
  const open: number[] = [];
  const components: number[][] = [];
  let visited = 0;
  let links = 0;
  const enter = (group: number): void => {
    order[group] = visited;
    lowest[group] = visited;
    visited += 1;
    open.push(group);
  };
  const lower = (group: number, to: number): void => {
    if (to < (lowest[group] ?? 0)) lowest[group] = to;
  };
  for (let root = 0; root < count; root += 1) {
    if (order[root] !== -1) continue;
    let depth = 0;
    path[0] = root;
    enter(root);
    while (depth >= 0) {
      const group = path[depth] ?? 0;
      const child = groups[group]?.groups[nextLink[group] ?? 0];
      if (child !== undefined) {
        nextLink[group] = (nextLink[group] ?? 0) + 1;
        links += 1;
        if (order[child] === -1) {
          enter(child);
          depth += 1;
          path[depth] = child;
        } else if (componentOf[child] === -1) lower(group, order[child] ?? 0);
        continue;
      }
      depth -= 1;
      if (depth >= 0) lower(path[depth] ?? 0, lowest[group] ?? 0);
      if (lowest[group] === order[group]) components.push(close(open, group, componentOf, components.length));
    }
  }
  return { components, componentOf, links };
};

/** Takes the finished component's groups off the stack of open ones. */
const close = (open: number[], root: number, componentOf: Int32Array, number: number): number[] => {
  const component = open.splice(open.lastIndexOf(root));
  for (const group of component) componentOf[group] = number;
  return component;
};
