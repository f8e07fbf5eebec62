/** One of the things compared: `round` does a fixed amount of work and answers its figure, e.g. ns per operation. */
export interface Contender {
  readonly name: string;
  round(): number | Promise<number>;
}

/** The figures of a contender over all rounds. */
export interface Measured {
  readonly name: string;
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/**
 * Runs all contenders in turn, `rounds` times, so that a slow spell of the machine meets all of them alike. The first
 * `warmUps` rounds are thrown away.
 */
export async function interleave(
  contenders: readonly Contender[],
  rounds: number,
  warmUps = 2,
): Promise<readonly Measured[]> {
  const figures = contenders.map((): number[] => []);
  for (let round = -warmUps; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      const figure = await contender.round();
      if (round >= 0) figures[index]?.push(figure);
    }
  }
  return contenders.map(({ name }, index) => summary(name, figures[index] ?? []));
}

/** CPU time of this process (user and system) in ns for each of `operations`. `work` does all of them. */
export function cpuNanoseconds(operations: number, work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / operations;
}

export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function summary(name: string, figures: readonly number[]): Measured {
  return { name, median: median(figures), lowest: Math.min(...figures), highest: Math.max(...figures) };
}
