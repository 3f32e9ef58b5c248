package io.sharedredis.spring.session;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;

/**
 * Reads who was authenticated before the request came here. Spring Security's own reader leaves a
 * tree of JSON in the place of the details, which could not be written again.
 */
final class PreAuthenticatedReader
    extends FieldsReader<PreAuthenticatedAuthenticationToken, PreAuthenticatedReader.Fields> {

  /** What has been read of one token. */
  static final class Fields {
    private boolean authenticated;
    private @Nullable Collection<GrantedAuthority> authorities;
    private @Nullable Object principal;
    private @Nullable Object credentials;
    private @Nullable Object details;
  }

  @Override
  Fields begin() {
    return new Fields();
  }

  @Override
  boolean field(Fields fields, String name, JsonParser parser, DeserializationContext context) {
    switch (name) {
      case "authenticated" -> fields.authenticated = parser.getValueAsBoolean();
      case "authorities" -> fields.authorities = authorities(parser, context);
      case "principal" -> fields.principal = any(parser, context);
      case "credentials" -> fields.credentials = any(parser, context);
      case "details" -> fields.details = any(parser, context);
      default -> {
        return false;
      }
    }
    return true;
  }

  @Override
  PreAuthenticatedAuthenticationToken end(Fields fields, DeserializationContext context) {
    Collection<GrantedAuthority> authorities = fields.authorities;
    Object principal = fields.principal;
    if (principal == null || authorities == null || authorities.contains(null)) {
      return context.reportInputMismatch(
          PreAuthenticatedAuthenticationToken.class, "principal or authorities are missing");
    }
    PreAuthenticatedAuthenticationToken token =
        fields.authenticated
            ? new PreAuthenticatedAuthenticationToken(principal, fields.credentials, authorities)
            : new PreAuthenticatedAuthenticationToken(principal, fields.credentials);
    token.setDetails(fields.details);
    return token;
  }
}
