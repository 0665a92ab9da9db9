export function managedEnvironmentPath(rootFolder: string, environment: NodeJS.ProcessEnv): string;
export function isManagedEnvironmentComplete(folder: string): boolean;
