package io.sharedredis.webspa.login;

import io.sharedredis.spring.web.PublicUrl;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

/** What browsers may do with the shop's pages: use what this origin serves, and nothing inline. */
final class ContentPolicy {

  private ContentPolicy() {}

  static void apply(HeadersConfigurer<HttpSecurity> headers, PublicUrl publicUrl) {
    headers
        .contentSecurityPolicy(policy -> policy.policyDirectives(directives(publicUrl)))
        .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN))
        .permissionsPolicyHeader(
            permissions -> permissions.policy("camera=(), geolocation=(), microphone=()"));
  }

  /**
   * The sign-out form is answered with a redirect to the public URL, which the policy must name.
   */
  private static String directives(PublicUrl publicUrl) {
    String socket = publicUrl.origin().replaceFirst("^http", "ws");
    return String.join(
        "; ",
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self' " + socket,
        "form-action 'self' " + publicUrl.origin(),
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'");
  }
}
