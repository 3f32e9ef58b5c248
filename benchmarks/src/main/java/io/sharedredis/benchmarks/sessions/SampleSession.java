package io.sharedredis.benchmarks.sessions;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** What the sample page keeps in a session. */
final class SampleSession {
  static final String SECURITY_CONTEXT = "SPRING_SECURITY_CONTEXT";

  private SampleSession() {}

  static SecurityContext signedIn(String user) {
    UserDetails details = User.withUsername(user).password("").roles("USER", "CUSTOMER").build();
    UsernamePasswordAuthenticationToken authentication =
        UsernamePasswordAuthenticationToken.authenticated(details, null, details.getAuthorities());
    authentication.setDetails(new WebAuthenticationDetails("127.0.0.1", null));
    return new SecurityContextImpl(authentication);
  }

  static Map<String, Integer> basket(int mugs) {
    Map<String, Integer> basket = new LinkedHashMap<>();
    basket.put("mug", mugs);
    basket.put("hoodie", 1);
    basket.put("sticker", 1);
    return basket;
  }
}
