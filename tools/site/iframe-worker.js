// Search without a server: for a page that is opened as a file, browsers start no worker, so what
// would run in one runs in a hidden frame. The name is the one that the plugin `offline` looks for.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.frame.worker = this;
      const answer = "frameElement.worker.dispatchEvent(new MessageEvent('message', {data}))";
      this.frame.srcdoc = `<script>self.postMessage = (data) => ${answer};</script><script src="${url}"></script>`;
      this.ready = new Promise((done) => this.frame.addEventListener("load", done, { once: true }));
      document.body.append(this.frame);
    }
    postMessage(data) {
      const sent = new MessageEvent("message", { data });
      this.ready.then(() => this.frame.contentWindow.dispatchEvent(sent));
    }
    terminate() {
      this.frame.remove();
    }
  };
}
