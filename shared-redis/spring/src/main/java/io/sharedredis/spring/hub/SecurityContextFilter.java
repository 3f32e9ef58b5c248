package io.sharedredis.spring.hub;

import io.sharedredis.hub.HubCallContext;
import io.sharedredis.hub.HubFilter;
import io.sharedredis.hub.HubInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Runs hub code as the user who opened the connection, so that {@code @PreAuthorize} and its kin
 * work on hub methods.
 */
public final class SecurityContextFilter implements HubFilter {

  @Override
  public @Nullable Object invoke(HubInvocation call, Next next) throws Exception {
    SecurityContext before = enter(call.context());
    try {
      return next.proceed(call);
    } finally {
      leave(before);
    }
  }

  @Override
  public void connected(HubCallContext context, Step next) throws Exception {
    SecurityContext before = enter(context);
    try {
      next.run();
    } finally {
      leave(before);
    }
  }

  @Override
  public void disconnected(HubCallContext context, @Nullable Throwable failure, Step next)
      throws Exception {
    SecurityContext before = enter(context);
    try {
      next.run();
    } finally {
      leave(before);
    }
  }

  private static SecurityContext enter(HubCallContext context) {
    SecurityContext before = SecurityContextHolder.getContext();
    SecurityContext own = SecurityContextHolder.createEmptyContext();
    if (context.user() instanceof Authentication authentication) {
      own.setAuthentication(authentication);
    }
    SecurityContextHolder.setContext(own);
    return before;
  }

  private static void leave(SecurityContext before) {
    if (before.getAuthentication() == null) {
      SecurityContextHolder.clearContext();
    } else {
      SecurityContextHolder.setContext(before);
    }
  }
}
