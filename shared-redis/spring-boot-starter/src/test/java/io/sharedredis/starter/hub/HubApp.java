package io.sharedredis.starter.hub;

import io.sharedredis.hub.ClientMethod;
import io.sharedredis.hub.ConnectionEndpoint;
import io.sharedredis.hub.ConnectionHandler;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubContext;
import io.sharedredis.hub.HubEndpoint;
import io.sharedredis.hub.HubException;
import io.sharedredis.hub.Presence;
import io.sharedredis.hub.RawConnection;
import io.sharedredis.spring.hub.HubPaths;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Service;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An application with an open hub and one behind a sign-in. */
@SpringBootConfiguration
@EnableAutoConfiguration
@EnableMethodSecurity
class HubApp {
  static final BlockingQueue<String> EVENTS = new LinkedBlockingQueue<>();

  /** What lets calls of {@code hold} go on. */
  static final Semaphore HELD = new Semaphore(0);

  enum Status {
    Submitted,
    Paid
  }

  record OrderState(int orderId, Status status) {}

  record Item(@NotBlank String name, @Positive int quantity) {}

  interface NotificationsClient {
    @ClientMethod("UpdatedOrderState")
    void updatedOrderState(OrderState state);

    CompletionStage<Integer> ask(String question);
  }

  @HubEndpoint("/hub/open")
  static class OpenHub extends Hub<NotificationsClient> {
    private final Clock clock;

    OpenHub(Clock clock) {
      this.clock = clock;
    }

    @Override
    protected void onConnected() {
      groups().add(context().connectionId(), "everybody");
      EVENTS.add("connected");
    }

    @Override
    protected void onDisconnected(Throwable failure) {
      EVENTS.add("disconnected " + failure);
    }

    public String echo(String text) {
      return text;
    }

    public void hold() throws InterruptedException {
      HELD.acquire();
    }

    public OrderState pay(OrderState order) {
      return new OrderState(order.orderId(), Status.Paid);
    }

    public String time() {
      return clock.time();
    }

    public void refuse() {
      throw new HubException("not today");
    }

    public CompletionStage<String> askMe() {
      return clients().caller().ask("how many").thenApply(n -> "got " + n);
    }

    public void toEverybody(int order) {
      clients().group("everybody").updatedOrderState(new OrderState(order, Status.Paid));
    }

    public CompletionStage<String> askOther(String connectionId) {
      return clients().client(connectionId).ask("how many").thenApply(n -> "got " + n);
    }

    public Stream<Integer> countdown(int from) {
      return IntStream.rangeClosed(1, from).map(i -> from - i).boxed();
    }

    public int sum(Stream<Integer> numbers) {
      return numbers.mapToInt(i -> i).sum();
    }

    public int order(@Valid Item item, @Positive int copies) {
      return item.quantity() * copies;
    }

    public Flux<Integer> countUp(Flux<Integer> numbers) {
      return numbers.map(number -> number + 1);
    }

    public Mono<String> soon() {
      return Mono.just("soon").delayElement(Duration.ofMillis(1));
    }

    public String large(int size) {
      return "é".repeat(size);
    }
  }

  @HubEndpoint("/hub/secret")
  static class SecretHub extends Hub<NotificationsClient> {
    @Override
    protected void onConnected() {
      groups().add(context().connectionId(), context().requireUser().getName());
    }

    public String whoAmI() {
      return context().requireUser().getName() + " " + context().userId();
    }

    @PreAuthorize("hasRole('ADMIN')")
    public String admin() {
      return "welcome";
    }

    @PreAuthorize("hasRole('ADMIN')")
    public String rename(@NotBlank String name) {
      return name;
    }
  }

  @ConnectionEndpoint("/raw")
  static class Raw implements ConnectionHandler {
    @Override
    public void received(RawConnection connection, byte[] bytes) {
      if (bytes[0] == '!') {
        throw new IllegalStateException("the handler fails, as the test wants");
      }
      connection.send(bytes);
    }
  }

  @Service
  static class Clock {
    String time() {
      return "noon";
    }
  }

  /** Sends from outside a call. */
  static class OrderNotifier {
    private final HubContext<SecretHub, NotificationsClient> hub;

    OrderNotifier(HubContext<SecretHub, NotificationsClient> hub) {
      this.hub = hub;
    }

    Presence presence() {
      return hub.presence();
    }

    void paid(String user, int order) {
      hub.clients().group(user).updatedOrderState(new OrderState(order, Status.Paid));
    }

    void paidUntyped(String user, int order) {
      hub.clients()
          .untyped()
          .user(user)
          .send("UpdatedOrderState", new OrderState(order, Status.Paid));
    }
  }

  @Bean
  Clock clock() {
    return new Clock();
  }

  @Bean
  OrderNotifier orderNotifier(HubContext<SecretHub, NotificationsClient> hub) {
    return new OrderNotifier(hub);
  }

  @Bean
  UserDetailsService users() {
    return new InMemoryUserDetailsManager(
        User.withUsername("alice").password("{noop}secret").roles("USER").build(),
        User.withUsername("root").password("{noop}secret").roles("ADMIN").build());
  }

  @Bean
  SecurityFilterChain security(HttpSecurity http, HubPaths hubs) {
    return http.authorizeHttpRequests(
            rules ->
                rules
                    .requestMatchers(hubs.only("/hub/secret"))
                    .authenticated()
                    .requestMatchers(hubs)
                    .permitAll()
                    .requestMatchers("/actuator/**")
                    .hasRole("ADMIN")
                    .anyRequest()
                    .denyAll())
        .httpBasic(Customizer.withDefaults())
        .csrf(csrf -> csrf.ignoringRequestMatchers("/actuator/**"))
        .build();
  }
}
