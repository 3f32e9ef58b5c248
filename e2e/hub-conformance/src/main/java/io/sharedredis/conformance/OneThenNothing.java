package io.sharedredis.conformance;

import java.util.concurrent.Flow;

/** A stream of one item, which then stays silent until it is cancelled. */
record OneThenNothing(Integer item) implements Flow.Publisher<Integer> {

  @Override
  public void subscribe(Flow.Subscriber<? super Integer> reader) {
    reader.onSubscribe(
        new Flow.Subscription() {
          private boolean sent;

          @Override
          public void request(long n) {
            if (!sent) {
              sent = true;
              reader.onNext(item);
            }
          }

          @Override
          public void cancel() {}
        });
  }
}
