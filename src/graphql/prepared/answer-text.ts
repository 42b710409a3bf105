/** The text of an answer while it is written. What is not known yet keeps its place. */
export class AnswerText {
  /** What is written last. */
  text = "";
  private readonly parts: (string | AnswerText)[] = [];

  /** A place for a part that is written later. */
  leavePlace(): AnswerText {
    const place = new AnswerText();
    this.parts.push(this.text, place);
    this.text = "";
    return place;
  }

  toString(): string {
    return this.parts.length === 0 ? this.text : this.parts.join("") + this.text;
  }
}
