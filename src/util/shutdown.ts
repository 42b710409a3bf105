type Stop = () => void | Promise<void>;

/** What is to be stopped in the end, in the reverse order of starting. */
export class Shutdown {
  private readonly stops: Stop[] = [];

  add(...stops: Stop[]): void {
    this.stops.push(...stops);
  }

  async run(): Promise<void> {
    for (let stop = this.stops.pop(); stop; stop = this.stops.pop()) await stop();
  }
}
