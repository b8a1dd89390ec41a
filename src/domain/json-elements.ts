/**
 * The elements of a JSON list, cut out piece by piece, so that a long one is never held as a whole. Whether
 * each is JSON is for whoever parses it to find.
 */
const SIGNIFICANT = /["[\]{},\\]/g;

export class JsonElements {
  #text = '';
  /** Where in the text to look on. */
  #lookFrom = 0;
  #depth = 0;
  #inString = false;
  #hasBegun = false;
  #isOver = false;

  /** The elements that end in this piece. */
  take(piece: string): string[] {
    const elements: string[] = [];
    if (this.#isOver) return elements;
    const text = this.#text + piece;
    let begin = 0;
    let lookFrom = text.length;
    SIGNIFICANT.lastIndex = this.#lookFrom;
    for (let found = SIGNIFICANT.exec(text); found && !this.#isOver; found = SIGNIFICANT.exec(text)) {
      const [mark] = found;
      if (mark === '\\') {
        // What it escapes may be in the next piece.
        SIGNIFICANT.lastIndex += 1;
        lookFrom = Math.max(lookFrom, SIGNIFICANT.lastIndex);
      } else if (mark === '"') this.#inString = !this.#inString;
      else if (!this.#inString && this.#ends(mark)) {
        const element = text.slice(begin, found.index);
        if (mark === ',' || element.trim() !== '') elements.push(element);
        begin = found.index + 1;
      } else if (!this.#hasBegun && mark === '[') {
        this.#hasBegun = true;
        begin = found.index + 1;
      }
    }
    this.#text = text.slice(begin);
    this.#lookFrom = lookFrom - begin;
    return elements;
  }

  /** What is left when the text ends before the list does. */
  end(): string | undefined {
    if (this.#isOver || !this.#hasBegun) return undefined;
    return this.#text.trim() || 'the list has no end';
  }

  /** Whether an element of the list ends at this mark. */
  #ends(mark: string): boolean {
    if (mark === ',') return this.#depth === 1;
    if (mark === '[' || mark === '{') this.#depth += 1;
    else this.#depth -= 1;
    this.#isOver = this.#depth === 0;
    return this.#isOver;
  }
}
