package io.sharedredis.spring.session;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.web.webauthn.api.ImmutablePublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialCreationOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRequestOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.authentication.WebAuthnAuthentication;
import tools.jackson.core.Version;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/**
 * Passkeys: who signed in by one, and what a session keeps between the two halves of a ceremony.
 * Spring Security's own module writes the latter for the browser and does not read it. Only for
 * applications that have {@code spring-security-webauthn}: nothing else may mention this class.
 */
final class PasskeyTypes extends JacksonModule {

  /** A class of that module, by which it is known to be there. */
  static final String PRESENT =
      "org.springframework.security.web.webauthn.authentication.WebAuthnAuthentication";

  private static final Map<Class<?>, Class<?>> WRITERS =
      Map.of(
          ImmutablePublicKeyCredentialUserEntity.class, PasskeyUser.Writer.class,
          PublicKeyCredentialCreationOptions.class, PasskeyCreation.Writer.class,
          PublicKeyCredentialRequestOptions.class, PasskeyRequest.Writer.class);

  private static final Map<Class<?>, Class<?>> READERS =
      Map.of(
          WebAuthnAuthentication.class, SignInReader.class,
          ImmutablePublicKeyCredentialUserEntity.class, PasskeyUser.Reader.class,
          PublicKeyCredentialCreationOptions.class, PasskeyCreation.Reader.class,
          PublicKeyCredentialRequestOptions.class, PasskeyRequest.Reader.class);

  @Override
  public String getModuleName() {
    return PasskeyTypes.class.getName();
  }

  @Override
  public Version version() {
    return Version.unknownVersion();
  }

  @Override
  public void setupModule(SetupContext context) {
    context.setMixIn(WebAuthnAuthentication.class, WrittenSignIn.class);
    context.insertAnnotationIntrospector(new Choice());
  }

  private static final class Choice extends NopAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable Object findSerializer(MapperConfig<?> config, Annotated annotated) {
      return annotated instanceof AnnotatedClass ? WRITERS.get(annotated.getRawType()) : null;
    }

    @Override
    public @Nullable Object findDeserializer(MapperConfig<?> config, Annotated annotated) {
      return annotated instanceof AnnotatedClass ? READERS.get(annotated.getRawType()) : null;
    }
  }

  @JsonAutoDetect(
      fieldVisibility = Visibility.ANY,
      getterVisibility = Visibility.NONE,
      isGetterVisibility = Visibility.NONE)
  private static final class WrittenSignIn {}

  /** Reads who signed in. */
  static final class SignInReader extends ProvenSignInReader<WebAuthnAuthentication> {

    @Override
    public Class<WebAuthnAuthentication> handledType() {
      return WebAuthnAuthentication.class;
    }

    @Override
    WebAuthnAuthentication signIn(
        Object principal,
        Collection<GrantedAuthority> authorities,
        DeserializationContext context) {
      return principal instanceof PublicKeyCredentialUserEntity user
          ? new WebAuthnAuthentication(user, authorities)
          : context.reportInputMismatch(handledType(), "the principal is no user of a passkey");
    }
  }
}
