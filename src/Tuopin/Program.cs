using System.Text;
using Tuopin.Platform.Commands;

Console.OutputEncoding = Encoding.UTF8;
return CommandLine.Run(args, Console.Out, Console.Error, TimeProvider.System);
