package io.sharedredis.conformance;

import io.sharedredis.conformance.Shapes.Node;
import io.sharedredis.conformance.Shapes.Sample;
import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The part of the probe hubs that calls clients: messages, client results, groups. */
abstract class ProbeMessagesHub extends Hub<ClientProxy> {

  /** As long as the recorded server waits: it never gives up. */
  private static final Duration PATIENCE = Duration.ofHours(1);

  public CompletionStage<Void> sendSelf(String text) {
    return clients().caller().send("Message", text);
  }

  public void sendMany(int count, int size) throws Exception {
    String id = context().connectionId();
    for (int i = 0; i < count; i++) {
      Object unused =
          clients().caller().send("Message", i, "x".repeat(size)).toCompletableFuture().get();
      Events.add(id, "sent " + i);
    }
  }

  public CompletionStage<Void> sendLoop() {
    return clients().caller().send("Message", new Node());
  }

  // ---- client results

  public CompletionStage<String> askCaller() {
    String id = context().connectionId();
    return clients()
        .caller()
        .invoke(int.class, PATIENCE, "Result")
        .handle(
            (number, failure) -> {
              if (failure != null) {
                Events.add(id, "ask failed " + Events.describe(failure));
              }
              return got(number, failure);
            });
  }

  public CompletionStage<String> askClient(String id) {
    return clients()
        .client(id)
        .invoke(int.class, PATIENCE, "Result", "a")
        .handle(ProbeMessagesHub::got);
  }

  public CompletionStage<String> askCallerWithin(int milliseconds) {
    return clients()
        .caller()
        .invoke(int.class, Duration.ofMillis(milliseconds), "Result")
        .handle(ProbeMessagesHub::got);
  }

  public CompletionStage<String> askCallerObject() {
    return clients()
        .caller()
        .invoke(Sample.class, PATIENCE, "Result")
        .handle(
            (object, failure) ->
                got(object == null || object.name() == null ? "" : object.name(), failure));
  }

  public CompletionStage<Integer> askCallerUncaught() {
    return clients().caller().invoke(Integer.class, PATIENCE, "Result").thenApply(number -> number);
  }

  private static String got(@Nullable Object result, @Nullable Throwable failure) {
    return failure == null ? "got " + result : Events.describe(failure);
  }

  // ---- groups and users

  public CompletionStage<Void> join(String group) {
    return groups().add(context().connectionId(), group);
  }

  public CompletionStage<Void> leave(String group) {
    return groups().remove(context().connectionId(), group);
  }

  public CompletionStage<Void> toGroup(String group, String text) {
    return clients().group(group).send("Message", text);
  }

  public CompletionStage<Void> toGroups(List<String> groups, String text) {
    return clients().groups(groups).send("Message", text);
  }

  public CompletionStage<Void> toOthersInGroup(String group, String text) {
    return clients().othersInGroup(group).send("Message", text);
  }

  public CompletionStage<Void> toAll(String text) {
    return clients().all().send("Message", text);
  }

  public CompletionStage<Void> toOthers(String text) {
    return clients().others().send("Message", text);
  }

  public CompletionStage<Void> toClient(String id, String text) {
    return clients().client(id).send("Message", text);
  }

  public CompletionStage<Void> toUser(String user, String text) {
    return clients().user(user).send("Message", text);
  }
}
