import { z } from 'zod';

/** Query of every paged list. */
export const pageQuery = {
  page: z.coerce.number<string>().int().min(1).default(1).meta({ description: 'Number of the page, from 1.' }),
  limit: z.coerce.number<string>().int().min(1).max(10_000).default(100).meta({ description: 'Items on a page.' }),
};

interface Meta {
  readonly page: number;
  readonly limit: number;
  readonly count: number;
  readonly hasnext: boolean;
}

/** Envelope of a paged list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    data: z.array(item),
    meta: z.object({ page: z.int(), limit: z.int(), count: z.int(), hasnext: z.boolean() }),
  });
}

/** One page of a list that is made while it is counted; only items of the page are turned into answers. */
export function paginate<T, R>(
  items: Iterable<T>,
  { page, limit }: { readonly page: number; readonly limit: number },
  show: (item: T) => R,
): { readonly data: R[]; readonly meta: Meta } {
  const first = (page - 1) * limit;
  const data: R[] = [];
  let count = 0;
  for (const item of items) {
    if (count >= first && data.length < limit) data.push(show(item));
    count += 1;
  }
  return { data, meta: { page, limit, count, hasnext: first + data.length < count } };
}

/** One page of a list whose length is known: items behind the page are not even made. */
export function paginateCounted<T, R>(
  items: Iterable<T>,
  count: number,
  { page, limit }: { readonly page: number; readonly limit: number },
  show: (item: T) => R,
): { readonly data: R[]; readonly meta: Meta } {
  const first = (page - 1) * limit;
  const data = Iterator.from(items).drop(first).take(limit).map(show).toArray();
  return { data, meta: { page, limit, count, hasnext: first + data.length < count } };
}
