package io.sharedredis.farmhub;

import io.sharedredis.hub.Cancellation;
import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubCallerClients;
import io.sharedredis.hub.HubEndpoint;
import io.sharedredis.hub.NonBlocking;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every call that travels over the backplane, in its plainest form. Clients listen on {@code m},
 * {@code shape} and {@code ask}.
 */
@HubEndpoint(value = "/hub", fullName = "SharedRedis.Interop.FarmHub")
class FarmHub extends Hub<ClientProxy> {

  private final AppInfo app;

  FarmHub(AppInfo app) {
    this.app = app;
  }

  record WhoAmI(String app, String connectionId, @Nullable String userIdentifier) {}

  @Override
  protected void onConnected() {
    if (!"1".equals(context().request().parameter("bare"))) {
      groups().add(context().connectionId(), "g");
    }
  }

  private HubCallerClients<ClientProxy> to() {
    return clients().untyped();
  }

  @NonBlocking
  public String echo(String s) {
    return s;
  }

  @NonBlocking
  public WhoAmI whoAmI() {
    return new WhoAmI(app.name(), context().connectionId(), context().userId());
  }

  @NonBlocking
  public CompletionStage<Void> broadcast(String s) {
    return to().all().send("m", s);
  }

  @NonBlocking
  public CompletionStage<Void> sendOthers(String s) {
    return to().others().send("m", s);
  }

  @NonBlocking
  public CompletionStage<Void> sendAllExcept(List<String> ids, String s) {
    return to().allExcept(ids).send("m", s);
  }

  @NonBlocking
  public CompletionStage<Void> sendGroup(String s) {
    return to().group("g").send("m", s);
  }

  @NonBlocking
  public CompletionStage<Void> sendGroupReliably(String s) {
    return to().group("g").reliable().send("m", s);
  }

  @NonBlocking
  public CompletionStage<Void> sendToGroup(String name, String s) {
    return to().group(name).send("m", s);
  }

  @NonBlocking
  public CompletionStage<Void> sendToGroups(List<String> names, String s) {
    return to().groups(names).send("m", s);
  }

  @NonBlocking
  public CompletionStage<Void> sendGroupExcept(String name, List<String> ids, String s) {
    return to().groupExcept(name, ids).send("m", s);
  }

  @NonBlocking
  public CompletionStage<Void> sendOthersInGroup(String name, String s) {
    return to().othersInGroup(name).send("m", s);
  }

  @NonBlocking
  public CompletionStage<Void> sendToUser(String id, String s) {
    return to().user(id).send("m", s);
  }

  @NonBlocking
  public CompletionStage<Void> sendToUsers(List<String> ids, String s) {
    return to().users(ids).send("m", s);
  }

  @NonBlocking
  public CompletionStage<Void> sendToConnection(String id, String s) {
    return to().client(id).send("m", s);
  }

  @NonBlocking
  public CompletionStage<Void> sendToConnections(List<String> ids, String s) {
    return to().clients(ids).send("m", s);
  }

  @NonBlocking
  public CompletionStage<Void> sendCaller(String s) {
    return to().caller().send("m", s);
  }

  @NonBlocking
  public CompletionStage<Void> addToGroup(String connectionId, String group) {
    return groups().add(connectionId, group);
  }

  @NonBlocking
  public CompletionStage<Void> removeFromGroup(String connectionId, String group) {
    return groups().remove(connectionId, group);
  }

  @NonBlocking
  public CompletionStage<Void> join(String group) {
    return groups().add(context().connectionId(), group);
  }

  @NonBlocking
  public CompletionStage<Void> leave(String group) {
    return groups().remove(context().connectionId(), group);
  }

  @NonBlocking
  public CompletionStage<@Nullable String> askConnection(String id) {
    return to().client(id).invoke(String.class, "ask");
  }

  @NonBlocking
  public CompletionStage<@Nullable Integer> askNumber(String id, String question) {
    return to().client(id).invoke(int.class, "ask", question);
  }

  @NonBlocking
  public CompletionStage<@Nullable Order> askOrder(String id) {
    return to().client(id).invoke(Order.class, "ask");
  }

  @NonBlocking
  public CompletionStage<@Nullable String> askWithin(String id, int milliseconds) {
    return to().client(id).invoke(String.class, Duration.ofMillis(milliseconds), "ask");
  }

  public Stream<Integer> countUp(int to, int delayMilliseconds, Cancellation cancel) {
    return IntStream.rangeClosed(1, to).boxed().peek(i -> pause(i, delayMilliseconds));
  }

  private static void pause(int item, int milliseconds) {
    if (item == 1 || milliseconds <= 0) {
      return;
    }
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public int sumUp(Stream<Integer> numbers) {
    return numbers.mapToInt(Integer::intValue).sum();
  }

  /** Broadcasts one argument of the named shape. */
  @NonBlocking
  public CompletionStage<Void> broadcastShape(String shape) {
    return to().all().send("shape", Shapes.of(shape));
  }
}
