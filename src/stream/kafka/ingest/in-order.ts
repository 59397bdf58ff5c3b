/** Work on some items at a time; results in the order of the items. */

/**
 * @param ahead items that are worked on at the same time, the one that is waited for among them
 * @throws what the work of an item throws, in its turn
 */
export async function * inOrder<Item, Result> (items: readonly Item[], ahead: number, work: (item: Item) => Promise<Result>): AsyncGenerator<Result> {
  const running: Array<Promise<Result>> = []
  for (let next = 0; next < items.length || running.length > 0;) {
    while (next < items.length && running.length < ahead) {
      const result = work(items[next++]!)
      // It is thrown in its turn.
      result.catch(() => {})
      running.push(result)
    }
    yield await running.shift()!
  }
}
