/** Words of one language as the other has them: each key's path, but for forms of number that Chinese has not. */
type Paths<T> = T extends string
  ? ""
  : { [K in keyof T & string]: K extends `${string}_one` ? never : `${K}.${Paths<T[K]>}` }[keyof T & string];

type Missing<A, B> = Exclude<Paths<A>, Paths<B>>;

/** `B` where it has the keys of `A` and no others; else a type that names those that are missing or too many. */
export type SameKeys<A, B> = [Missing<A, B>] extends [never]
  ? [Missing<B, A>] extends [never]
    ? B
    : { "keys that English has not": Missing<B, A> }
  : { "keys that Chinese has not": Missing<A, B> };
