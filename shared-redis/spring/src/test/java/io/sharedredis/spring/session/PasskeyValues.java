package io.sharedredis.spring.session;

import static io.sharedredis.spring.session.LaterSessionValues.factor;
import static io.sharedredis.spring.session.SessionValues.context;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.security.web.webauthn.api.AttestationConveyancePreference;
import org.springframework.security.web.webauthn.api.AuthenticationExtensionsClientInput;
import org.springframework.security.web.webauthn.api.AuthenticatorAttachment;
import org.springframework.security.web.webauthn.api.AuthenticatorSelectionCriteria;
import org.springframework.security.web.webauthn.api.AuthenticatorTransport;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.CredProtectAuthenticationExtensionsClientInput;
import org.springframework.security.web.webauthn.api.CredProtectAuthenticationExtensionsClientInput.CredProtect;
import org.springframework.security.web.webauthn.api.ImmutableAuthenticationExtensionsClientInput;
import org.springframework.security.web.webauthn.api.ImmutableAuthenticationExtensionsClientInputs;
import org.springframework.security.web.webauthn.api.ImmutablePublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialCreationOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialDescriptor;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialParameters;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRequestOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRpEntity;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialType;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.api.ResidentKeyRequirement;
import org.springframework.security.web.webauthn.api.UserVerificationRequirement;
import org.springframework.security.web.webauthn.authentication.WebAuthnAuthentication;

/** What a session keeps of whoever signs in by passkey, or makes one; the same in every run. */
final class PasskeyValues {

  private PasskeyValues() {}

  static Map<String, Object> all() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("passkey-sign-in", context(signIn()));
    values.put("passkey-creation", creation());
    values.put("passkey-creation-of-little", littleCreation());
    values.put("passkey-request", request());
    values.put("passkey-request-of-little", littleRequest());
    return values;
  }

  private static PublicKeyCredentialUserEntity user() {
    return ImmutablePublicKeyCredentialUserEntity.builder()
        .name("alice")
        .id(bytes(16))
        .displayName("Alice naïve")
        .build();
  }

  private static Bytes bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (250 + 7 * i);
    }
    return new Bytes(bytes);
  }

  private static Authentication signIn() {
    WebAuthnAuthentication signIn = new WebAuthnAuthentication(user(), factor("WEBAUTHN"));
    signIn.setDetails(new WebAuthenticationDetails("127.0.0.1", "a-session-id"));
    return signIn;
  }

  private static PublicKeyCredentialCreationOptions creation() {
    List<AuthenticationExtensionsClientInput> extensions =
        List.of(
            ImmutableAuthenticationExtensionsClientInput.credProps,
            new CredProtectAuthenticationExtensionsClientInput(
                new CredProtect(CredProtect.ProtectionPolicy.USER_VERIFICATION_REQUIRED, true)),
            new ImmutableAuthenticationExtensionsClientInput<>(
                "largeBlob", new LinkedHashMap<>(Map.of("support", "preferred"))));
    return PublicKeyCredentialCreationOptions.builder()
        .rp(PublicKeyCredentialRpEntity.builder().id("example.org").name("Shop").build())
        .user(user())
        .challenge(bytes(32))
        .pubKeyCredParams(
            PublicKeyCredentialParameters.EdDSA,
            PublicKeyCredentialParameters.ES256,
            PublicKeyCredentialParameters.RS256)
        .timeout(Duration.ofMinutes(5))
        .excludeCredentials(credentials())
        .authenticatorSelection(
            AuthenticatorSelectionCriteria.builder()
                .authenticatorAttachment(AuthenticatorAttachment.CROSS_PLATFORM)
                .residentKey(ResidentKeyRequirement.REQUIRED)
                .userVerification(UserVerificationRequirement.PREFERRED)
                .build())
        .attestation(AttestationConveyancePreference.DIRECT)
        .extensions(new ImmutableAuthenticationExtensionsClientInputs(extensions))
        .build();
  }

  private static PublicKeyCredentialCreationOptions littleCreation() {
    return PublicKeyCredentialCreationOptions.builder()
        .rp(PublicKeyCredentialRpEntity.builder().id("example.org").name("Shop").build())
        .user(user())
        .challenge(bytes(32))
        .build();
  }

  private static PublicKeyCredentialRequestOptions request() {
    return PublicKeyCredentialRequestOptions.builder()
        .challenge(bytes(32))
        .timeout(Duration.ofMillis(300_001))
        .rpId("example.org")
        .allowCredentials(credentials())
        .userVerification(UserVerificationRequirement.REQUIRED)
        .extensions(
            new ImmutableAuthenticationExtensionsClientInputs(
                new ImmutableAuthenticationExtensionsClientInput<>("appid", "https://example.org")))
        .build();
  }

  private static PublicKeyCredentialRequestOptions littleRequest() {
    return PublicKeyCredentialRequestOptions.builder()
        .challenge(bytes(32))
        .rpId("example.org")
        .build();
  }

  private static List<PublicKeyCredentialDescriptor> credentials() {
    return new ArrayList<>(
        List.of(
            PublicKeyCredentialDescriptor.builder()
                .type(PublicKeyCredentialType.PUBLIC_KEY)
                .id(bytes(20))
                .transports(
                    new LinkedHashSet<>(
                        List.of(
                            AuthenticatorTransport.USB, AuthenticatorTransport.valueOf("cable"))))
                .build(),
            PublicKeyCredentialDescriptor.builder()
                .type(PublicKeyCredentialType.PUBLIC_KEY)
                .id(bytes(64))
                .build()));
  }
}
