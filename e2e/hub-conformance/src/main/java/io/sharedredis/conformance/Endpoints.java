package io.sharedredis.conformance;

import io.sharedredis.conformance.ProbeHubs.GenericHub;
import io.sharedredis.conformance.ProbeHubs.OverloadHub;
import io.sharedredis.conformance.ProbeHubs.PlainHub;
import io.sharedredis.conformance.ProbeHubs.StatefulHub;
import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubContext;
import io.sharedredis.hub.lifetime.InProcessHubLifetime;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.server.HubDefinition;
import io.sharedredis.hub.server.HubRuntime;
import io.sharedredis.hub.server.HubServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What tests ask the server for beside its hubs. */
@RestController
class Endpoints {
  private final HubContext<FunctionalHub, ClientProxy> functional;
  private final HubContext<StatefulHub, ClientProxy> stateful;
  private final HubContext<PlainHub, ClientProxy> plain;
  private final Tokens tokens;
  private final HubRuntime runtime;

  Endpoints(
      HubContext<FunctionalHub, ClientProxy> functional,
      HubContext<StatefulHub, ClientProxy> stateful,
      HubContext<PlainHub, ClientProxy> plain,
      Tokens tokens,
      HubRuntime runtime) {
    this.functional = functional;
    this.stateful = stateful;
    this.plain = plain;
    this.tokens = tokens;
    this.runtime = runtime;
  }

  @GetMapping(
      path = {"/generateJwtToken", "/generateJwtToken/{name}"},
      produces = "text/plain")
  String token(
      @PathVariable(required = false) @Nullable String name,
      @RequestParam(defaultValue = "5") int seconds) {
    return tokens.create(name == null ? "testuser" : name, Duration.ofSeconds(seconds));
  }

  @GetMapping(path = "/clientresult/{id}", produces = "text/plain")
  CompletionStage<String> clientResult(@PathVariable String id) {
    return functional
        .clients()
        .client(id)
        .invoke(int.class, "Result")
        .handle((number, failure) -> failure == null ? "" + number : message(failure));
  }

  @GetMapping(path = "/events", produces = "application/json")
  List<String> events(@RequestParam String id) {
    return Events.of(id);
  }

  @GetMapping(path = "/send/{id}", produces = "text/plain")
  CompletionStage<String> send(@PathVariable String id, @RequestParam String text) {
    return stateful
        .clients()
        .client(id)
        .send("Message", text)
        .thenCompose(sent -> plain.clients().client(id).send("Message", text))
        .thenApply(sent -> "sent");
  }

  @GetMapping(path = "/ask/{id}", produces = "text/plain")
  CompletionStage<String> ask(
      @PathVariable String id, @RequestParam(defaultValue = "20000") int timeout) {
    return plain
        .clients()
        .client(id)
        .invoke(int.class, Duration.ofMillis(timeout), "Result")
        .handle((number, failure) -> failure == null ? "got " + number : Events.describe(failure));
  }

  /** The library's words up to what it adds for the reader of a log. */
  @GetMapping(path = "/startup-errors", produces = "application/json")
  List<String> startupErrors() {
    return List.of(
        attempt(OverloadHub.class, " Rename one of"), attempt(GenericHub.class, ": io."));
  }

  private String attempt(Class<? extends Hub<?>> hub, String added) {
    HubDefinition definition =
        HubDefinition.of(
            hub,
            () -> {
              throw new IllegalStateException("nobody calls it");
            },
            List.of(new JsonHubProtocol()));
    try {
      new HubServer(definition, (name, protocols) -> new InProcessHubLifetime(), runtime).close();
      return "no error";
    } catch (IllegalArgumentException e) {
      String said = Events.describe(e);
      int end = said.indexOf(added);
      return end < 0 ? said : said.substring(0, end) + (added.startsWith(":") ? "." : "");
    }
  }

  private static @Nullable String message(Throwable wrapped) {
    Throwable failure = Events.unwrapped(wrapped);
    return failure == null ? null : failure.getMessage();
  }
}
