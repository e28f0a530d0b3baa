// The thread where the sources run as they are: a thread does not take over the TypeScript loader of its process. Not part of a build.
import { register } from 'tsx/esm/api';

register();
const { default: judgeMails } = await import('./thread.ts');
export default judgeMails;
