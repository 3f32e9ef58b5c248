package io.sharedredis.spring.session;

import static java.util.Map.entry;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AccountExpiredException;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.CredentialsExpiredException;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.ProviderNotFoundException;
import org.springframework.security.authentication.ott.InvalidOneTimeTokenException;
import org.springframework.security.authentication.password.CompromisedPasswordException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedCredentialsNotFoundException;
import org.springframework.security.web.authentication.rememberme.CookieTheftException;
import org.springframework.security.web.authentication.rememberme.InvalidCookieException;
import org.springframework.security.web.authentication.rememberme.RememberMeAuthenticationException;
import org.springframework.security.web.authentication.session.SessionAuthenticationException;
import org.springframework.security.web.authentication.www.NonceExpiredException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.Version;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/**
 * Why a sign-in failed, as Spring Security leaves it in the session for the page that tells: kind
 * and message. Causes, stack traces and what somebody typed are not kept.
 */
final class FailedSignIns extends JacksonModule {

  /** Besides those that have a form of Spring Security's. */
  private static final Map<Class<?>, Function<@Nullable String, AuthenticationException>> KINDS =
      Map.ofEntries(
          entry(AccountExpiredException.class, AccountExpiredException::new),
          entry(
              AuthenticationCredentialsNotFoundException.class,
              AuthenticationCredentialsNotFoundException::new),
          entry(AuthenticationServiceException.class, AuthenticationServiceException::new),
          entry(CompromisedPasswordException.class, CompromisedPasswordException::new),
          entry(CookieTheftException.class, CookieTheftException::new),
          entry(CredentialsExpiredException.class, CredentialsExpiredException::new),
          entry(DisabledException.class, DisabledException::new),
          entry(
              InsufficientAuthenticationException.class, InsufficientAuthenticationException::new),
          entry(
              InternalAuthenticationServiceException.class,
              InternalAuthenticationServiceException::new),
          entry(InvalidCookieException.class, InvalidCookieException::new),
          entry(InvalidOneTimeTokenException.class, InvalidOneTimeTokenException::new),
          entry(LockedException.class, LockedException::new),
          entry(NonceExpiredException.class, NonceExpiredException::new),
          entry(
              PreAuthenticatedCredentialsNotFoundException.class,
              PreAuthenticatedCredentialsNotFoundException::new),
          entry(ProviderNotFoundException.class, ProviderNotFoundException::new),
          entry(RememberMeAuthenticationException.class, RememberMeAuthenticationException::new),
          entry(SessionAuthenticationException.class, SessionAuthenticationException::new),
          entry(UsernameNotFoundException.class, UsernameNotFoundException::new));

  /** The names of these exceptions' classes. */
  static Stream<String> names() {
    return KINDS.keySet().stream().map(Class::getName);
  }

  @Override
  public String getModuleName() {
    return FailedSignIns.class.getName();
  }

  @Override
  public Version version() {
    return Version.unknownVersion();
  }

  @Override
  public void setupModule(SetupContext context) {
    context.insertAnnotationIntrospector(new Choice());
  }

  private static final class Choice extends NopAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    private static @Nullable Function<@Nullable String, AuthenticationException> kind(
        Annotated annotated) {
      return annotated instanceof AnnotatedClass ? KINDS.get(annotated.getRawType()) : null;
    }

    @Override
    public @Nullable Object findSerializer(MapperConfig<?> config, Annotated annotated) {
      return kind(annotated) == null ? null : new Writer();
    }

    @Override
    public @Nullable Object findDeserializer(MapperConfig<?> config, Annotated annotated) {
      Function<@Nullable String, AuthenticationException> kind = kind(annotated);
      return kind == null ? null : new Reader(kind);
    }
  }

  private static final class Writer extends FieldsWriter<AuthenticationException> {
    @Override
    void fields(AuthenticationException why, JsonGenerator json, SerializationContext context) {
      json.writeStringProperty("message", why.getMessage());
    }
  }

  private static final class Reader extends FieldsReader<AuthenticationException, Reader.Fields> {

    private final Function<@Nullable String, AuthenticationException> kind;

    Reader(Function<@Nullable String, AuthenticationException> kind) {
      this.kind = kind;
    }

    /** What has been read of one exception. */
    static final class Fields {
      private boolean readable;
      private @Nullable String message;
    }

    @Override
    Fields begin() {
      return new Fields();
    }

    @Override
    boolean field(Fields fields, String name, JsonParser parser, DeserializationContext context) {
      if (!name.equals("message")) {
        return false;
      }
      fields.readable =
          parser.hasToken(JsonToken.VALUE_STRING) || parser.hasToken(JsonToken.VALUE_NULL);
      fields.message = parser.getValueAsString();
      parser.skipChildren();
      return true;
    }

    @Override
    AuthenticationException end(Fields fields, DeserializationContext context) {
      return fields.readable
          ? kind.apply(fields.message)
          : context.reportInputMismatch(AuthenticationException.class, "the message is no text");
    }
  }
}
