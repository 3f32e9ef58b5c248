package io.sharedredis.spring.security.aspnet;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.security.authorization.AuthorizationManagerFactory;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;

/**
 * Whether somebody has given all factors that the application requires of whoever is signed in, as
 * {@code @EnableMultiFactorAuthentication} says it. What single rules of a filter chain require
 * cannot be known here. Thread-safe.
 */
@FunctionalInterface
interface RequiredFactors {

  boolean areGiven(Authentication user, HttpServletRequest request);

  /** Those of the application's {@link AuthorizationManagerFactory}, if it has one. */
  static RequiredFactors of(@Nullable ApplicationContext context) {
    if (context == null) {
      return (user, request) -> true;
    }
    ObjectProvider<AuthorizationManagerFactory<RequestAuthorizationContext>> ofRequests =
        provider(context, RequestAuthorizationContext.class);
    ObjectProvider<AuthorizationManagerFactory<RequestAuthorizationContext>> ofAnything =
        provider(context, Object.class);
    return (user, request) -> {
      AuthorizationManagerFactory<RequestAuthorizationContext> rules =
          ofRequests.getIfUnique(ofAnything::getIfUnique);
      if (rules == null) {
        return true;
      }
      AuthorizationResult result =
          rules.authenticated().authorize(() -> user, new RequestAuthorizationContext(request));
      return result == null || result.isGranted();
    };
  }

  private static ObjectProvider<AuthorizationManagerFactory<RequestAuthorizationContext>> provider(
      ApplicationContext context, Class<?> judged) {
    return context.getBeanProvider(
        ResolvableType.forClassWithGenerics(AuthorizationManagerFactory.class, judged));
  }
}
