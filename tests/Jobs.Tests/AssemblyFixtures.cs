using Souk.Harness;

[assembly: AssemblyFixture(typeof(SharedWorld))]
