package io.sharedredis.hub.server;

import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubMessage.Completion;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The ordinary calls one client makes. Each needs a slot (one by default, so answers keep their
 * order); while none is free the connection reads no further, which pushes back on the client.
 * Calls that read an upload need none: they end only when the client has sent more. Used inside the
 * connection's loop only; the methods themselves run on the executor.
 */
final class Calls {
  private final ServerConnection connection;
  private final HubServer server;
  private final HubInvoker invoker;
  private final CallAnswers answers;
  private final Uploads uploads;
  private final AtomicInteger running = new AtomicInteger();

  /** Of the calls that run and want to know of the connection's end. */
  private final Set<StreamCancellation> cancellations = ConcurrentHashMap.newKeySet(0);

  private int freeSlots;
  private @Nullable Runnable stalled;

  Calls(
      ServerConnection connection,
      HubServer server,
      HubInvoker invoker,
      CallAnswers answers,
      Uploads uploads) {
    this.connection = connection;
    this.server = server;
    this.invoker = invoker;
    this.answers = answers;
    this.uploads = uploads;
    this.freeSlots = server.definition().options().maximumParallelInvocations();
  }

  /** Whether a call waits for a slot; nothing may be read until it has one. */
  boolean stalled() {
    return stalled != null;
  }

  void invocation(HubMessage.Invocation message) {
    String id = message.invocationId();
    String target = message.target();
    HubMethod method = answers.find(id, target, false);
    if (method == null) {
      return;
    }
    @Nullable Object[] arguments =
        answers.bind(method, id, target, message.arguments(), message.streamIds());
    if (arguments == null) {
      return;
    }
    Call call = new Call(method, arguments, message);
    if (message.streamIds().isEmpty()) {
      call.supplyCancellation();
      withSlot(() -> start(call, List.of(), slot()));
    } else {
      startWithUploads(call);
    }
  }

  /** A call that is bound. */
  private final class Call {
    final HubMethod method;
    final @Nullable Object[] arguments;
    final @Nullable String id;
    final String target;
    final List<String> streamIds;
    final Map<String, String> headers;
    @Nullable StreamCancellation cancellation;

    Call(HubMethod method, @Nullable Object[] arguments, HubMessage.Invocation message) {
      this.method = method;
      this.arguments = arguments;
      this.id = message.invocationId();
      this.target = message.target();
      this.streamIds = message.streamIds();
      this.headers = message.headers();
    }

    void supplyCancellation() {
      method.supply(arguments, HubMethod.Source.CANCELLATION, parameter -> cancellation());
    }

    private StreamCancellation cancellation() {
      StreamCancellation made = cancellation;
      if (made == null) {
        made = new StreamCancellation();
        cancellation = made;
        cancellations.add(made);
      }
      return made;
    }
  }

  private void startWithUploads(Call call) {
    List<UploadStream> opened = uploads.open(call.method, call.arguments, call.streamIds);
    if (opened == null) {
      answers.refuse(call.id, Uploads.inUse(call.target));
      return;
    }
    call.supplyCancellation();
    start(call, opened, () -> {});
  }

  private void withSlot(Runnable call) {
    if (freeSlots > 0) {
      freeSlots--;
      call.run();
    } else {
      stalled = call;
    }
  }

  /** Gives the slot back, once however often it runs. */
  private Runnable slot() {
    AtomicBoolean held = new AtomicBoolean(true);
    return () -> {
      if (held.compareAndSet(true, false)) {
        if (connection.isInLoop() && stalled == null) {
          // A call that has ended where it was read: nobody waits for its slot.
          freeSlots++;
        } else {
          connection.inLoop(this::slotFreed);
        }
      }
    };
  }

  private void slotFreed() {
    Runnable waiting = stalled;
    if (waiting != null) {
      stalled = null;
      waiting.run();
      connection.readOn();
    } else {
      freeSlots++;
    }
  }

  /** Tells the calls that run, outside the loop: what they do then is the application's. */
  void connectionLost() {
    if (cancellations.isEmpty()) {
      return;
    }
    Runnable tell = () -> cancellations.forEach(StreamCancellation::cancel);
    try {
      server.runtime().executor().execute(tell);
    } catch (RejectedExecutionException e) {
      tell.run();
    }
  }

  /** Whether no call runs or waits. */
  boolean quiet() {
    return running.get() == 0 && stalled == null;
  }

  private void start(Call call, List<UploadStream> opened, Runnable giveSlot) {
    running.incrementAndGet();
    Runnable end =
        () -> {
          running.decrementAndGet();
          if (call.cancellation != null) {
            cancellations.remove(call.cancellation);
          }
          uploads.closeLater(opened);
          giveSlot.run();
        };
    if (call.method.nonBlocking()) {
      run(call, giveSlot, end);
      return;
    }
    try {
      server.runtime().executor().execute(() -> run(call, giveSlot, end));
    } catch (RejectedExecutionException e) {
      answers.failed(call.id, call.target, e);
      end.run();
    }
  }

  private void run(Call call, Runnable beforeAnswer, Runnable end) {
    HubInvoker.Outcome outcome;
    try {
      outcome = invoker.invoke(call.method, call.arguments, call.headers, beforeAnswer);
    } catch (Throwable failure) {
      answers.failed(call.id, call.target, failure);
      end.run();
      return;
    }
    if (outcome.isComplete()) {
      answer(call, outcome, HubInvoker.now(outcome.value()), null, end);
      return;
    }
    CompletableFutures.whenDone(
        HubInvoker.settled(outcome.value()).thenCombine(outcome.groups(), (value, done) -> value),
        (value, failure) -> answer(call, outcome, value, failure, end));
  }

  private void answer(
      Call call,
      HubInvoker.Outcome outcome,
      @Nullable Object value,
      @Nullable Throwable failure,
      Runnable end) {
    outcome.end(failure);
    if (failure != null) {
      answers.failed(call.id, call.target, failure);
    } else if (call.id != null) {
      connection.sendNow(Completion.ofResult(call.id, value));
    }
    end.run();
  }
}
