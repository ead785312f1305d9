using Tincan.Commands;

return await TincanCommand.RunAsync(args);
