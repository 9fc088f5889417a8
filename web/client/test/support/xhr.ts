/**
 * What a browser gives gRPC-web: an XMLHttpRequest, here before a handler instead of a network. The bytes are real: they
 * are what the SDK's own code writes and reads.
 */

/** A call, and how to answer it. */
export class Call {
  readonly url: string;
  readonly headers: Record<string, string> = {};
  message: Uint8Array = new Uint8Array();
  aborted = false;
  readonly #push: (bytes: Buffer, last: 'last' | 'more') => void;

  constructor(url: string, push: (bytes: Buffer, last: 'last' | 'more') => void) {
    this.url = url;
    this.#push = push;
  }

  send(message: { serializeBinary(): Uint8Array }): void {
    this.#push(frame(0, Buffer.from(message.serializeBinary())), 'more');
  }

  end(status = 0, message = ''): void {
    this.#push(frame(0x80, Buffer.from(`grpc-status:${status}\r\ngrpc-message:${message}\r\n`)), 'last');
  }
}

function frame(kind: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

/** Puts an XMLHttpRequest into this process, whose calls `handle` answers. */
export function installXhr(handle: (call: Call) => void): () => void {
  class FakeXhr {
    readyState = 0;
    status = 0;
    statusText = '';
    responseText = '';
    response = '';
    responseType = '';
    onreadystatechange: (() => void) | null = null;
    #call: Call | undefined;

    open(_method: string, url: string): void {
      this.#call = new Call(url, (bytes, last) => {
        this.responseText += bytes.toString('base64');
        this.status = 200;
        this.#become(last === 'last' ? 4 : 3);
      });
      this.readyState = 1;
    }

    setRequestHeader(name: string, value: string): void {
      if (this.#call) this.#call.headers[name.toLowerCase()] = value;
    }

    send(body: string): void {
      const call = this.#call;
      if (!call) return;
      call.message = Buffer.from(body, 'base64').subarray(5);
      setImmediate(() => handle(call));
    }

    abort(): void {
      if (this.#call) this.#call.aborted = true;
    }

    getResponseHeader(name: string): string | null {
      return name.toLowerCase() === 'content-type' ? 'application/grpc-web-text+proto' : null;
    }

    getAllResponseHeaders(): string {
      return 'content-type: application/grpc-web-text+proto\r\n';
    }

    #become(state: number): void {
      if (this.#call?.aborted) return;
      this.readyState = state;
      this.onreadystatechange?.();
    }
  }
  const before = { xhr: globalThis.XMLHttpRequest, navigator: globalThis.navigator };
  const define = (name: string, value: unknown) =>
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  define('XMLHttpRequest', FakeXhr);
  // Node 20 has none, and the SDK looks for the browser's name in it.
  define('navigator', before.navigator ?? { userAgent: 'test' });
  return () => {
    define('XMLHttpRequest', before.xhr);
    define('navigator', before.navigator);
  };
}
