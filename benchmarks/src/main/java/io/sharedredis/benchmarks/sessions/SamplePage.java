package io.sharedredis.benchmarks.sessions;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;

/**
 * The application that every candidate serves: a small page behind a form sign-in, which says who
 * is signed in and how much is in the basket, and a form that changes the basket.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Controller
class SamplePage {
  /** Property: whether the page has to do without sessions. */
  static final String STATELESS = "sample.stateless";

  static final String BASKET = "basket";

  private final boolean stateless;

  SamplePage(@Value("${" + STATELESS + "}") boolean stateless) {
    this.stateless = stateless;
  }

  @Bean
  SecurityFilterChain security(HttpSecurity http) {
    http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .formLogin(Customizer.withDefaults())
        .csrf(csrf -> csrf.disable());
    if (stateless) {
      http.securityContext(context -> context.securityContextRepository(new AlwaysSignedIn()));
    }
    return http.build();
  }

  @Bean
  UserDetailsService users() {
    return name ->
        User.withUsername(name)
            .password("{noop}" + PageClient.PASSWORD)
            .roles("USER", "CUSTOMER")
            .build();
  }

  @GetMapping(path = "/page", produces = MediaType.TEXT_HTML_VALUE)
  @ResponseBody
  String page(Principal principal, HttpServletRequest request) {
    return show(principal, stateless ? Map.of() : basket(request.getSession()));
  }

  @PostMapping(path = "/basket", produces = MediaType.TEXT_HTML_VALUE)
  @ResponseBody
  String put(
      Principal principal, @RequestParam("article") String article, HttpServletRequest request) {
    if (stateless) {
      return show(principal, Map.of(article, 1));
    }
    HttpSession session = request.getSession();
    Map<String, Integer> changed = new LinkedHashMap<>(basket(session));
    changed.merge(article, 1, (had, one) -> (had + one) % 100);
    session.setAttribute(BASKET, changed);
    return show(principal, changed);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Integer> basket(HttpSession session) {
    return session.getAttribute(BASKET) instanceof Map<?, ?> basket
        ? (Map<String, Integer>) basket
        : Map.of();
  }

  private static String show(Principal principal, Map<String, Integer> basket) {
    int articles = basket.values().stream().mapToInt(Integer::intValue).sum();
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>Basket</title></head>\n<body><p>Signed in as "
        + principal.getName()
        + ", "
        + articles
        + " articles of "
        + basket.size()
        + " kinds.</p></body>\n</html>\n";
  }
}
