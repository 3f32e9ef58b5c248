package io.sharedredis.spring.hub;

import io.sharedredis.hub.Hub;
import io.sharedredis.hub.server.HubActivator;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;

/** Gets a fresh bean for each call, with its dependencies injected, and destroys it afterwards. */
public final class BeanHubActivator implements HubActivator {
  private final ConfigurableBeanFactory beans;
  private final String beanName;

  /**
   * @param beanName of a bean in scope prototype
   */
  public BeanHubActivator(ConfigurableBeanFactory beans, String beanName) {
    this.beans = beans;
    this.beanName = beanName;
  }

  private Object create() {
    try {
      return beans.getBean(beanName);
    } catch (UnsatisfiedDependencyException e) {
      if (e.getMostSpecificCause() instanceof NoSuchBeanDefinitionException missing
          && missing.getResolvableType() != null) {
        Class<?> hub = beans.getType(beanName);
        throw new UnresolvedException(
            missing.getResolvableType().toString(), hub == null ? beanName : hub.getName(), e);
      }
      throw e;
    }
  }

  @Override
  public Activation activate() {
    Object bean = create();
    Object inner = AopProxyUtils.getSingletonTarget(bean);
    Hub<?> hub = (Hub<?>) (inner == null ? bean : inner);
    return new Activation() {
      @Override
      public Hub<?> hub() {
        return hub;
      }

      @Override
      public Object target() {
        return bean;
      }

      @Override
      public void release() {
        beans.destroyBean(beanName, bean);
      }
    };
  }
}
